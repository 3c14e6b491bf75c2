// The way back as a plan of its own, also where others changed the daemon's sources since.
#include <doctest/doctest.h>

#include <algorithm>

#include "daemon/apply.h"
#include "daemon/verify.h"
#include "tests/fakes/change_case.h"

using namespace clockwright;
using namespace clockwright::fakes;

namespace {

constexpr const char* lease = "/etc/chrony/sources.d/lease.sources";

/// Another program's source comes, or goes when the text is empty.
void change_lease(DaemonWorld& world, const std::string& text) {
    world.put(lease, text);
    REQUIRE(world.perform(ReloadSources{}));
    world.advance(Seconds{60});
}

Outcome roll_back(const Plan& applied, DaemonWorld& world) {
    auto back = as_others_left_it(rollback_plan(applied, "rollback"), *world.state());
    back.daemon_sources = listed_names(*world.state());
    Apply rollback(back, {*world.state()}, {});
    return *drive(rollback, world).outcome;
}

}  // namespace

TEST_CASE("an applied change is rolled back by a plan of its own") {
    Takeover change;
    const auto before = picture(change.world);
    auto machine = change.machine();
    REQUIRE(drive(machine, change.world).outcome->kind == OutcomeKind::applied);
    REQUIRE(picture(change.world) != before);

    auto back = rollback_plan(change.plan, "rollback of 7f3c9a");
    back.daemon_sources = listed_names(*change.world.state());
    Apply rollback(back, {*change.world.state()}, {});
    const auto run = drive(rollback, change.world);
    CAPTURE(run.outcome->reason);
    CHECK(run.outcome->kind == OutcomeKind::applied);
    CHECK(picture(change.world) == before);
}

TEST_CASE("a dead daemon is given its old files and a start, and no command") {
    const std::vector<std::string> restart{"/usr/bin/systemctl", "restart", "chrony"};
    const Takeover change;
    const Plan back = rollback_plan(change.plan, "rollback of 7f3c9a");
    const Plan plan = for_dead_daemon(back, restart);
    CHECK(plan.restart);
    REQUIRE(plan.steps.size() == 1);
    CHECK(files_after(plan) == files_after(back));
    for (const auto& actions : {plan.steps[0].actions, plan.steps[0].undo}) {
        REQUIRE_FALSE(actions.empty());
        CHECK(actions.back() == Action{RestartDaemon{restart}});
        CHECK(std::ranges::all_of(actions.begin(), actions.end() - 1, [](const Action& action) {
            return std::holds_alternative<WriteFile>(action);
        }));
    }
}

TEST_CASE("changes that followed one another are gone back over at once") {
    Replacement change;
    const auto before = picture(change.world);
    std::vector<Plan> plans;
    for (const auto& chosen : {std::set<std::string>{"ntp1", "ntp2", "ntp3", "ntp5"},
                               {"ntp1", "ntp2", "ntp4", "ntp5"}}) {
        change.plan = Replacement::made(change.world, chosen, {});
        auto machine = change.machine();
        REQUIRE(drive(machine, change.world).outcome->kind == OutcomeKind::applied);
        plans.push_back(change.plan);
    }
    const auto all = joined(plans);
    REQUIRE(all);
    const auto outcome = roll_back(*all, change.world);
    CHECK_MESSAGE(outcome.kind == OutcomeKind::applied, outcome.reason);
    CHECK(picture(change.world) == before);
}

TEST_CASE("an edit by another hand between two changes is not gone back over") {
    Replacement change;
    auto machine = change.machine();
    REQUIRE(drive(machine, change.world).outcome->kind == OutcomeKind::applied);
    const Plan first = change.plan;
    change.world.put(DaemonWorld::own_file,
                     change.world.read(DaemonWorld::own_file).content + "# mine\n");
    Plan second = Replacement::made(change.world, {"ntp1", "ntp2", "ntp4", "ntp5"}, {});
    second.id = "7f3c9b";
    const auto both = joined({first, second});
    REQUIRE_FALSE(both);
    CHECK(both.error().fault == Fault::refused);
    CHECK(
        both.error().message.contains("clockwright.sources was edited by another hand before "
                                      "change 7f3c9b"));
    CHECK(joined({second}));
}

TEST_CASE("a way back is known as one") {
    const Takeover change;
    CHECK_FALSE(is_rollback(change.plan));
    CHECK(is_rollback(rollback_plan(change.plan, "rollback")));
}

TEST_CASE("a source that others brought or took since does not hold a roll-back up") {
    for (const bool comes : {true, false}) {
        CAPTURE(comes);
        Replacement change;
        change.world.add_server("lease1", "10.0.0.77");
        change_lease(change.world, comes ? "" : "server lease1 iburst\n");
        change.plan = Replacement::made(change.world, {"ntp1", "ntp2", "ntp3", "ntp5"}, {});
        const auto before = change.world.listed();
        auto machine = change.machine();
        REQUIRE(drive(machine, change.world).outcome->kind == OutcomeKind::applied);
        change_lease(change.world, comes ? "server lease1 iburst\n" : "");
        const auto outcome = roll_back(change.plan, change.world);
        CHECK_MESSAGE(outcome.kind == OutcomeKind::applied, outcome.reason);
        auto listed = change.world.listed();
        CHECK(listed.contains("lease1") == comes);
        listed.erase("lease1");
        auto wanted = before;
        wanted.erase("lease1");
        CHECK(listed == wanted);
    }
}

TEST_CASE("a source that others bring during a change neither stops it nor the way back") {
    Takeover change;
    change.world.put(lease, "server leased iburst\n");  // read at the first reload
    change.world.add_server("leased", "10.0.0.77");
    auto machine = change.machine();
    const auto run = drive(machine, change.world);
    CAPTURE(run.outcome->reason);
    CHECK(run.outcome->kind == OutcomeKind::applied);

    Takeover failing;
    failing.world.put(lease, "server leased iburst\n");
    failing.world.add_server("leased", "10.0.0.77");
    for (auto& [name, server] : failing.world.servers)
        if (name != "leased") server.answers = false;
    auto back = failing.machine();
    const auto walked = drive(back, failing.world);
    CAPTURE(walked.outcome->reason);
    CHECK(walked.outcome->kind == OutcomeKind::rolled_back);
}

TEST_CASE("a line that takeover took must come back, whatever others did since") {
    Takeover change;
    auto machine = change.machine();
    REQUIRE(drive(machine, change.world).outcome->kind == OutcomeKind::applied);
    const Plan back =
        as_others_left_it(rollback_plan(change.plan, "rollback"), *change.world.state());
    for (const ExpectedSource& source : back.steps.front().expect.sources)
        if (source.name == "liar") CHECK_FALSE(source.may_be_absent);
    CHECK(std::ranges::find(back.steps.front().expect.sources, "ntp2", &ExpectedSource::name) ==
          back.steps.front().expect.sources.end());
}

TEST_CASE("a change left unfinished is healed though others brought a source meanwhile") {
    Replacement change;
    const auto before = change.world.listed();
    auto machine = change.machine();
    const auto crashed = drive(machine, change.world, {.stop_after = 8});
    change.world.add_server("lease1", "10.0.0.77");
    change_lease(change.world, "server lease1 iburst\n");
    const auto plan = as_others_left_it(change.plan, *change.world.state());
    auto healing = Apply::healing(plan, crashed.begun(), {}, {});
    const auto healed = drive(healing, change.world);
    CHECK_MESSAGE(healed.outcome->kind == OutcomeKind::rolled_back, healed.outcome->reason);
    auto wanted = before;
    wanted.insert("lease1");
    CHECK(change.world.listed() == wanted);
}
