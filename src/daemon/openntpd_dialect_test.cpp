#include "daemon/openntpd_dialect.h"

#include <doctest/doctest.h>

#include "daemon/marks.h"
#include "tests/fakes/plan_case.h"

using namespace clockwright;
using namespace clockwright::fakes;

namespace {

const std::string path = "/etc/openntpd/ntpd.conf";
const std::string foreign = "listen on 127.0.0.1\nserver liar weight 2\nservers pool.example\n";

/// A host with that configuration, whose daemon lists what stands in it.
PlanCase openntpd_case(const std::string& text, const std::set<std::string>& chosen) {
    auto one = plan_case(office_world({}, {}), chosen);
    const ConfigFiles files{.read = [&](const std::string&) -> Result<std::string> { return text; },
                            .list = {},
                            .glob = {}};
    const auto& dialect = dialect_of(DaemonKind::openntpd);
    one.found = {};
    one.found.config = *dialect.parse(path, files);
    one.found.files = {file(path, text)};
    one.found.own = file(path, text);
    one.found.state.kind = DaemonKind::openntpd;
    one.found.state.complete = true;
    for (const auto& line : one.found.config.sources) {
        DaemonSource source;
        source.name = line.name;
        source.state = '+';
        source.reach = 0xff;
        one.found.state.sources.push_back(source);
    }
    one.settings.restart = {"/usr/bin/systemctl", "restart", "openntpd"};
    one.settings.allow_restart = true;
    one.settings.config_file = path;
    return one;
}

const WriteFile& last_write(const Plan& plan) {
    const WriteFile* last = nullptr;
    for (const auto& action : plan.steps.at(0).actions)
        if (const auto* write = std::get_if<WriteFile>(&action)) last = write;
    REQUIRE(last);
    return *last;
}

}  // namespace

TEST_CASE("OpenNTPD's sources go into a block of its one file, and it is restarted once") {
    const auto plan = openntpd_case(foreign, {"ntp1", "ntp2", "ntp3"}).make();
    REQUIRE_MESSAGE(plan, plan.error().message);
    CHECK(plan->restart);
    REQUIRE(plan->steps.size() == 1);
    CHECK(last_write(*plan).after.content == foreign + std::string(block_begin) +
                                                 "\nserver ntp1\nserver ntp2\nserver ntp3\n" +
                                                 std::string(block_end) + "\n");
    CHECK(std::holds_alternative<RestartDaemon>(plan->steps[0].actions.back()));
    CHECK(std::holds_alternative<RestartDaemon>(plan->steps[0].undo.back()));
    REQUIRE(plan->notes.size() >= 2);
    CHECK(plan->notes.back().find("its bound cannot be told") != std::string::npos);
    CHECK(dialect_of(DaemonKind::openntpd).is_own_write(last_write(*plan)));
    for (const auto& source : plan->steps[0].expect.sources)
        CHECK(source.added == source.name.starts_with("ntp"));
}

TEST_CASE("a takeover comments out, keeps every byte and is known as ours") {
    auto one = openntpd_case(foreign, {"ntp1", "ntp2", "ntp3"});
    one.settings.takeover = true;
    const auto plan = one.make();
    REQUIRE_MESSAGE(plan, plan.error().message);
    const auto& after = last_write(*plan).after.content;
    CHECK(
        after.starts_with("listen on 127.0.0.1\n#clockwright-took-over# server liar weight 2\n"
                          "#clockwright-took-over# servers pool.example\n"));
    CHECK(differs_by_our_marks(foreign, after));
    const auto back = rollback_plan(*plan, "back");
    CHECK(files_after(back).at(0).content == foreign);
    CHECK(back.restart);
}

TEST_CASE("our lines keep their weights, and go when the set does") {
    const auto ours = with_block(foreign, "server ntp1 weight 3\nserver ntp5\n");
    const auto plan = openntpd_case(ours, {"ntp1", "ntp2", "ntp3"}).make();
    REQUIRE_MESSAGE(plan, plan.error().message);
    CHECK(last_write(*plan).after.content ==
          with_block(foreign, "server ntp1 weight 3\nserver ntp2\nserver ntp3\n"));
    CHECK(plan->remove == std::vector<std::string>{"ntp5"});

    const auto same = openntpd_case(with_block(foreign, "server ntp1\n"), {"ntp1"}).make();
    REQUIRE(same);
    CHECK_FALSE(same->change);
}

TEST_CASE("a file with which OpenNTPD would not start again is left alone") {
    for (const std::string bad : {"bogus on\n", "server a weight 12\n", "server last"}) {
        CAPTURE(bad);
        const auto plan = openntpd_case(foreign + bad, {"ntp1", "ntp2", "ntp3"}).make();
        REQUIRE_FALSE(plan);
        CHECK(plan.error().fault == Fault::refused);
        CHECK(plan.error().message.find("would not start again") != std::string::npos);
        CHECK(plan.error().message.find("ntpd.conf:4") != std::string::npos);
    }
}

TEST_CASE("without a command that restarts OpenNTPD nothing is planned") {
    auto one = openntpd_case(foreign, {"ntp1", "ntp2", "ntp3"});
    one.settings.restart.clear();
    const auto plan = one.make();
    REQUIRE_FALSE(plan);
    CHECK(plan.error().message.find("restart names no command") != std::string::npos);
}
