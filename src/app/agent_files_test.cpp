#include "app/agent_files.h"

#include <doctest/doctest.h>

#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

namespace {

const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};

Config kept_in(const TemporaryDirectory& directory) {
    Config config;
    config.state.directory = directory.path();
    config.origins["state.directory"] = "test";
    return config;
}

}  // namespace

TEST_CASE("an agent without a memory begins anew; one whose memory is no use replaces nothing") {
    struct Row {
        const char* text;
        const char* why;
    };
    const Row rows[] = {{"{", "damaged"}, {R"({"version": 99})", "another version"}};
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const TemporaryDirectory directory;
        AgentFiles files(kept_in(directory));
        std::string remark;
        CHECK(files.load(noon, remark).done == ReplacementMemory{});
        CHECK(remark.empty());
        directory.write("agent.json", row.text);
        const AgentMemory memory = files.load(noon, remark);
        CHECK(memory.done.unknown_before == noon);
        CHECK(remark.contains(row.why));
        CHECK(directory.read("agent.json.unread-2026-11-20T12:00:00Z") == row.text);
        // Over a restart, too.
        REQUIRE(files.save(memory));
        CHECK(files.load(noon + 1h, remark).done.unknown_before == noon);
    }
}

TEST_CASE("the agent's word is left anew for news, and every twelve seconds without") {
    const TemporaryDirectory directory;
    AgentFiles files(kept_in(directory));
    Snapshot snapshot;
    snapshot.cycle = Seconds{4};
    const auto left_at = [&](WallTime at) {
        snapshot.at = at;
        REQUIRE(files.leave_word(snapshot));
        return read_agent_word(directory.read("agent-word.json"), at).value();
    };
    CHECK(left_at(noon).at == noon);
    CHECK(left_at(noon + 4s).at == noon);
    CHECK(left_at(noon + 8s).at == noon);
    CHECK_FALSE(left_at(noon + 8s).stale);
    CHECK(left_at(noon + 12s).at == noon + 12s);
    SUBCASE("somebody is wrong") {
        snapshot.blame = {Culprit::server, "ntp2", "server ntp2 is wrong"};
        CHECK(left_at(noon + 16s).blame.subject == "ntp2");
    }
    SUBCASE("an alert fires") {
        Alert alert;
        alert.rule = "server_wrong";
        alert.state = AlertState::firing;
        snapshot.alerts = {alert};
        CHECK(left_at(noon + 16s).firing.size() == 1);
    }
    SUBCASE("the clock was set back") {
        CHECK(left_at(noon - 1h).at == noon - 1h);
    }
    SUBCASE("an agent that judges seldom leaves each of its words") {
        snapshot.cycle = Seconds{64};
        CHECK(left_at(noon + 76s).at == noon + 76s);
    }
}
