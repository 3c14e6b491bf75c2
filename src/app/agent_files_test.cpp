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
