#include "daemon/walk_back.h"

#include <doctest/doctest.h>

#include "tests/fakes/change_case.h"

using namespace clockwright;
using namespace clockwright::fakes;

namespace {

/// What comes of a change when `edit` is done to the world while the daemon's proof is waited for.
template <class Edit>
Outcome disturbed(Replacement& change, Edit edit) {
    auto machine = change.machine();
    Run run;
    auto effect = machine.begin(change.world.now);
    while (!std::holds_alternative<Pause>(effect))
        effect = machine.next(answer(change.world, run, effect), change.world.now);
    edit(change.world);
    while (!std::holds_alternative<Outcome>(effect))
        effect = machine.next(answer(change.world, run, effect), change.world.now);
    return std::get<Outcome>(effect);
}

}  // namespace

TEST_CASE("a daemon that dies leaves the old files and no proof") {
    Replacement change;
    const auto files = change.world.files();
    change.world.before_action = [&](const Action& action) -> Result<void> {
        if (std::holds_alternative<ReloadSources>(action)) change.world.alive = false;
        return {};
    };
    auto machine = change.machine();
    const auto run = drive(machine, change.world);
    CHECK(run.outcome->kind == OutcomeKind::failed);
    CHECK_FALSE(run.outcome->verified);
    CHECK_FALSE(run.outcome->before_first_step);
    CHECK(run.outcome->reason.contains("chronyd does not answer"));
    CHECK(change.world.files() == files);
}

TEST_CASE("a file that another hand edits during the change is left to that hand") {
    Replacement change;
    change.needs_all_but_gets_no("ntp5");
    const std::string theirs = "server ntp1 iburst\n# mine\n";
    const auto outcome =
        disturbed(change, [&](DaemonWorld& world) { world.put(DaemonWorld::own_file, theirs); });
    CHECK(outcome.kind == OutcomeKind::failed);
    CHECK(outcome.reason.contains("clockwright.sources was edited by another hand"));
    CHECK(change.world.read(DaemonWorld::own_file).content == theirs);
}

TEST_CASE("another hand's edit of a file that was not begun yet holds no proof up") {
    Takeover change;
    change.needs_all_but_gets_no("ntp3");
    const auto theirs = change.world.read(DaemonWorld::main_file).content + "# mine\n";
    const auto outcome =
        disturbed(change, [&](DaemonWorld& world) { world.put(DaemonWorld::main_file, theirs); });
    CHECK_MESSAGE(outcome.kind == OutcomeKind::rolled_back, outcome.reason);
    CHECK(change.world.read(DaemonWorld::main_file).content == theirs);
}

TEST_CASE("an interrupt at any moment ends in the old state, or before the first step") {
    const auto effects = [] {
        Takeover change;
        auto machine = change.machine();
        return drive(machine, change.world).effects;
    }();
    for (int at = 1; at <= effects; ++at) {
        CAPTURE(at);
        Takeover change;
        const auto before = picture(change.world);
        auto machine = change.machine();
        const auto run = drive(machine, change.world, {.interrupt_at = at});
        REQUIRE(run.outcome);
        CHECK(run.outcome->reason.contains("interrupted"));
        CHECK(run.outcome->kind ==
              (run.outcome->before_first_step ? OutcomeKind::failed : OutcomeKind::rolled_back));
        CHECK(picture(change.world) == before);
    }
}

TEST_CASE("an interrupt during the walk back does not stop it") {
    for (int at = 10; at < 120; ++at) {
        CAPTURE(at);
        Takeover change;
        change.needs_all_but_gets_no("ntp4");
        const auto before = picture(change.world);
        auto machine = change.machine();
        const auto run = drive(machine, change.world, {.interrupt_at = at});
        REQUIRE(run.outcome);
        CHECK(run.outcome->kind == OutcomeKind::rolled_back);
        CHECK(picture(change.world) == before);
    }
}

TEST_CASE("after a crash at any moment the journal alone leads back to the old state") {
    for (const bool takeover : {false, true}) {
        const auto fresh = [&] { return takeover ? Replacement(Takeover()) : Replacement(); };
        for (int stop = 1;; ++stop) {
            CAPTURE(takeover);
            CAPTURE(stop);
            auto change = fresh();
            const auto before = picture(change.world);
            auto machine = change.machine();
            const auto crashed = drive(machine, change.world, {.stop_after = stop});
            if (crashed.outcome) break;
            auto healing =
                Apply::healing(change.plan, crashed.begun(), {*change.world.state()}, {});
            const auto healed = drive(healing, change.world);
            REQUIRE(healed.outcome);
            CAPTURE(healed.outcome->reason);
            CHECK(healed.outcome->kind == OutcomeKind::rolled_back);
            CHECK(healed.outcome->verified);
            CHECK(picture(change.world) == before);
        }
    }
}

TEST_CASE("a crash during the walk back is healed as well") {
    for (int stop = 1;; ++stop) {
        CAPTURE(stop);
        Takeover change;
        const auto before = picture(change.world);
        change.needs_all_but_gets_no("ntp3");
        auto machine = change.machine();
        const auto crashed = drive(machine, change.world, {.stop_after = stop});
        if (crashed.outcome) break;
        auto healing = Apply::healing(change.plan, crashed.begun(), {}, {});
        const auto healed = drive(healing, change.world);
        CHECK(healed.outcome->kind == OutcomeKind::rolled_back);
        CHECK(picture(change.world) == before);
    }
}

TEST_CASE("on the way back a restart that is refused for a while is asked for again") {
    for (const int refusals : {3, 100}) {
        CAPTURE(refusals);
        Replacement change;
        for (Step& step : change.plan.steps) {
            step.actions.emplace_back(RestartDaemon{.argv = {"/bin/true"}});
            step.undo.emplace_back(RestartDaemon{.argv = {"/bin/true"}});
        }
        const auto before = picture(change.world);
        int asked = 0;
        change.world.before_action = [&](const Action& action) -> Result<void> {
            if (!std::holds_alternative<RestartDaemon>(action)) return {};
            if (asked++ > refusals) return {};
            return fail("start request repeated too quickly");
        };
        auto machine = change.machine();
        const auto run = drive(machine, change.world);
        REQUIRE(run.outcome);
        CAPTURE(run.outcome->reason);
        CHECK(picture(change.world).files == before.files);
        const bool patient_enough = refusals < 10;
        CHECK(run.outcome->kind ==
              (patient_enough ? OutcomeKind::rolled_back : OutcomeKind::failed));
        CHECK(asked < 20);
    }
}
