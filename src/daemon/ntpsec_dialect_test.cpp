#include "daemon/ntpsec_dialect.h"

#include <doctest/doctest.h>

#include "daemon/marks.h"
#include "daemon/verify.h"
#include "tests/fakes/plan_case.h"

using namespace clockwright;
using namespace clockwright::fakes;

namespace {

/// A host whose ntpd follows a liar and ntp1.
DaemonWorld host(const std::string& main, const std::string& more = {}) {
    DaemonWorld world;
    world.kind = DaemonKind::ntpsec;
    world.main = main;
    for (const auto* number : {"1", "2", "3", "4"})
        world.add_server(std::string("ntp") + number, std::string("10.0.0.") + number);
    world.add_server("liar", "10.0.0.66", 'x');
    world.put(main, more + "server liar iburst\nserver ntp1 iburst\n");
    world.boot();
    return world;
}

PlanCase wanted(const DaemonWorld& world, bool takeover) {
    auto one = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp4"});
    one.settings.takeover = takeover;
    return one;
}

Plan planned(const DaemonWorld& world, bool takeover) {
    auto plan = wanted(world, takeover).make();
    REQUIRE_MESSAGE(plan, plan.error().message);
    plan->id = "7f3c9a";
    return *plan;
}

void apply(DaemonWorld& world, const Plan& plan) {
    Apply machine(plan, {*world.state()}, {});
    const auto run = drive(machine, world);
    REQUIRE(run.outcome);
    REQUIRE_MESSAGE(run.outcome->kind == OutcomeKind::applied, run.outcome->reason);
}

}  // namespace

TEST_CASE(
    "NTPsec's sources go to a drop-in of ours, with a restart that the plan gives reasons for") {
    auto world = host("/etc/ntpsec/ntp.conf");
    const auto plan = planned(world, false);
    CHECK(plan.daemon == "ntpsec");
    CHECK(plan.restart);
    CHECK(std::ranges::any_of(plan.notes, [](const auto& note) {
        return note == "a restart is needed: ntpd reads its sources only when it starts";
    }));
    const auto before = world.read(world.main);
    apply(world, plan);
    CHECK(world.read("/etc/ntpsec/ntp.d/clockwright.conf").content ==
          std::string(own_file_mark) +
              "\nserver ntp2 iburst minpoll 6 maxpoll 6\n"
              "server ntp3 iburst minpoll 6 maxpoll 6\n"
              "server ntp4 iburst minpoll 6 maxpoll 6\n");
    CHECK(world.read(world.main) == before);
    CHECK(world.restarts == 1);
}

TEST_CASE(
    "a classic ntpd, which reads no ntp.d, has them in a marked block; takeover is reversed") {
    auto world = host("/etc/ntp.conf", "restrict default kod nomodify\n");
    const auto before = world.files();
    const auto plan = planned(world, true);
    apply(world, plan);
    const auto changed = world.read(world.main).content;
    CHECK(changed.contains(std::string(takeover_marker) +
                           "server liar iburst\nserver ntp1 iburst\n"));
    CHECK(changed.contains(std::string(block_begin) + "\nserver ntp2 iburst"));
    auto back = rollback_plan(plan, "back");
    back.id = "7f3c9b";
    back.daemon_sources = listed_names(*world.state());
    apply(world, back);
    CHECK(world.files() == before);
    CHECK(world.listed() == std::set<std::string>{"liar", "ntp1"});
}

TEST_CASE("a start that could step the clock, and a file that DHCP writes anew, are refused") {
    SUBCASE("tinker step says how far off is too far") {
        const auto world = host("/etc/ntpsec/ntp.conf", "tinker step 0.02\n");
        auto one = wanted(world, true);
        one.found.state.tracking.offset = Seconds{0.011};
        one.selection.consensus.offset = Seconds{0.011};
        const auto plan = one.make();
        REQUIRE_FALSE(plan);
        CHECK(plan.error().fault == Fault::refused);
        CHECK(plan.error().message.contains("could step the clock"));
    }
    SUBCASE("under /run") {
        const auto plan = wanted(host("/run/ntpsec/ntp.conf.dhcp"), true).make();
        REQUIRE_FALSE(plan);
        CHECK(plan.error().fault == Fault::refused);
        CHECK(plan.error().message.contains("IGNORE_DHCP"));
    }
}
