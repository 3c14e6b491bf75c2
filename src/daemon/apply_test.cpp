#include "daemon/apply.h"

#include <doctest/doctest.h>

#include "tests/fakes/change_case.h"

using namespace clockwright;
using namespace clockwright::fakes;

namespace {

Error disk_full(const std::string& path) {
    return {Fault::failed, "cannot write " + path + ": no space left on device"};
}

}  // namespace

TEST_CASE("a plan is applied step by step and verified") {
    Replacement change;
    auto machine = change.machine();
    const auto run = drive(machine, change.world);
    REQUIRE(run.outcome);
    CAPTURE(run.outcome->reason);
    CHECK(run.outcome->kind == OutcomeKind::applied);
    CHECK(run.outcome->verified);
    CHECK(change.world.listed() == std::set<std::string>{"ntp1", "ntp2", "ntp3", "ntp5"});
    CHECK(change.world.reloads == 2);
    REQUIRE(run.said.size() == 4);
    CHECK(run.said[0].starts_with("1/4 add"));
    CHECK(run.said[1].starts_with("2/4 confirm"));
    CHECK(run.said[2].starts_with("3/4 final"));
    CHECK(run.said[3].starts_with("4/4 confirm"));
}

TEST_CASE("the intent is in the journal before each action, and its end after it") {
    Replacement change;
    auto machine = change.machine();
    std::vector<std::string> order;
    change.world.before_action = [&](const Action&) -> Result<void> {
        order.emplace_back("act");
        return {};
    };
    auto effect = machine.begin(change.world.now);
    Run run;
    while (!std::holds_alternative<Outcome>(effect)) {
        if (const auto* line = std::get_if<JournalLine>(&effect)) order.push_back(line->event);
        const auto event = answer(change.world, run, effect);
        effect = machine.next(event, change.world.now);
    }
    CHECK(order == std::vector<std::string>{"intend", "act", "done", "intend", "act", "done",
                                            "verified", "intend", "act", "done", "intend", "act",
                                            "done", "verified"});
}

TEST_CASE("the same plan again finds nothing to do") {
    Replacement change;
    auto machine = change.machine();
    drive(machine, change.world);
    const auto reloads = change.world.reloads;
    auto again = change.machine();
    const auto run = drive(again, change.world);
    CHECK(run.outcome->kind == OutcomeKind::unchanged);
    CHECK(run.journal.empty());
    CHECK(change.world.reloads == reloads);
}

TEST_CASE("a plan whose ground has moved is refused before the first step") {
    SUBCASE("a file") {
        Replacement change;
        change.world.put(DaemonWorld::main_file, "# edited\nsourcedir /etc/chrony/sources.d\n");
        auto machine = change.machine();
        const auto run = drive(machine, change.world);
        CHECK(run.outcome->kind == OutcomeKind::refused);
        CHECK(run.outcome->before_first_step);
        CHECK(run.outcome->reason.starts_with("/etc/chrony/chrony.conf changed"));
        CHECK(run.journal.empty());
    }
    SUBCASE("the daemon's sources") {
        Replacement change;
        REQUIRE(change.world.perform(AddSource{.line = "server other"}));
        auto machine = change.machine();
        const auto run = drive(machine, change.world);
        CHECK(run.outcome->kind == OutcomeKind::refused);
        CHECK(run.outcome->reason.starts_with("the daemon's sources changed"));
    }
}

TEST_CASE("a source that does not answer undoes the change") {
    Replacement change;
    const auto before = picture(change.world);
    change.needs_all_but_gets_no("ntp5");
    auto machine = change.machine();
    const auto began = change.world.now.steady;
    const auto run = drive(machine, change.world);
    CHECK(run.outcome->kind == OutcomeKind::rolled_back);
    CHECK(run.outcome->verified);
    CHECK(run.outcome->reason.contains("ntp5: no answer yet; 3 of 4 usable, 4 wanted"));
    CHECK(picture(change.world) == before);
    CHECK(change.world.now.steady - began >= std::chrono::seconds(60));
    CHECK(change.world.now.steady - began < std::chrono::seconds(65));
}

TEST_CASE("a source that does not answer is borne while the minimum is reached without it") {
    Replacement change;
    change.world.servers["ntp5"].answers = false;
    auto machine = change.machine();
    const auto run = drive(machine, change.world);
    CHECK(run.outcome->kind == OutcomeKind::applied);
    CHECK(run.outcome->verified);
}

TEST_CASE("a line that chronyd dropped is not waited for") {
    Replacement change;
    const auto before = picture(change.world);
    change.world.before_action = [&](const Action& action) -> Result<void> {
        if (std::holds_alternative<ReloadSources>(action) && change.world.reloads == 0) {
            ++change.world.reloads;
            return fail("ignored");
        }
        return {};
    };
    auto machine = change.machine();
    const auto run = drive(machine, change.world);
    CHECK(run.outcome->kind == OutcomeKind::rolled_back);
    CHECK(picture(change.world) == before);

    Replacement dropped;
    for (auto& source : dropped.plan.steps[0].expect.sources)
        if (source.name == "ntp5") source.name = "ntp6";
    auto second = dropped.machine();
    const auto began = dropped.world.now.steady;
    const auto end = drive(second, dropped.world);
    CHECK(end.outcome->reason.contains("ntp6: the daemon does not list it"));
    CHECK(dropped.world.now.steady - began >= std::chrono::seconds(5));
    CHECK(dropped.world.now.steady - began < std::chrono::seconds(10));
}

TEST_CASE("a disk that is full undoes the change") {
    Takeover change;
    const auto before = picture(change.world);
    for (int failing = 1; failing <= 2; ++failing) {
        CAPTURE(failing);
        int writes = 0;
        change.world.before_action = [&](const Action& action) -> Result<void> {
            const auto* write = std::get_if<WriteFile>(&action);
            if (write && ++writes == failing) return std::unexpected(disk_full(write->after.path));
            return {};
        };
        auto machine = change.machine();
        const auto run = drive(machine, change.world);
        CHECK(run.outcome->kind == OutcomeKind::rolled_back);
        CHECK(run.outcome->verified);
        CHECK(run.outcome->reason.contains("no space left"));
        CHECK(picture(change.world) == before);
    }
}

TEST_CASE("a journal that cannot be written stops the change before the step") {
    Replacement change;
    const auto before = picture(change.world);
    auto machine = change.machine();
    auto effect = machine.begin(change.world.now);
    Run run;
    while (!std::holds_alternative<JournalLine>(effect))
        effect = machine.next(answer(change.world, run, effect), change.world.now);
    effect = machine.next(Performed{fail("cannot write the journal")}, change.world.now);
    const auto* outcome = std::get_if<Outcome>(&effect);
    REQUIRE(outcome);
    CHECK(outcome->kind == OutcomeKind::failed);
    CHECK(outcome->before_first_step);
    CHECK(picture(change.world) == before);
}

TEST_CASE("a change whose verification cannot be recorded is taken back") {
    Replacement change;
    const auto before = picture(change.world);
    auto machine = change.machine();
    auto effect = machine.begin(change.world.now);
    Run run;
    const auto is_proof = [&] {
        const auto* line = std::get_if<JournalLine>(&effect);
        return line != nullptr && line->event == "verified";
    };
    while (!is_proof()) effect = machine.next(answer(change.world, run, effect), change.world.now);
    effect = machine.next(Performed{fail("cannot write the journal")}, change.world.now);
    while (!std::holds_alternative<Outcome>(effect))
        effect = machine.next(answer(change.world, run, effect), change.world.now);
    CHECK(std::get<Outcome>(effect).kind == OutcomeKind::rolled_back);
    CHECK(picture(change.world) == before);
}

TEST_CASE("a server of ours whose name is gone can be replaced") {
    Replacement change;
    change.world.servers.erase("ntp4");
    change.world.boot();
    change.plan = Replacement::made(change.world, {"ntp1", "ntp2", "ntp3", "ntp5"}, {});
    auto machine = change.machine();
    const auto run = drive(machine, change.world);
    CHECK_MESSAGE(run.outcome->kind == OutcomeKind::applied, run.outcome->reason);
    CHECK_FALSE(change.world.listed().contains("ntp4"));
}

TEST_CASE("a clock that is set back after the reload does not undo the change") {
    Replacement change;
    auto machine = change.machine();
    Run run;
    bool set = false;
    auto effect = machine.begin(change.world.now);
    while (!std::holds_alternative<Outcome>(effect)) {
        if (!set && std::holds_alternative<AskDaemon>(effect)) {
            change.world.now.wall -= std::chrono::hours(1);
            set = true;
        }
        const auto event = answer(change.world, run, effect);
        effect = machine.next(event, change.world.now);
    }
    const auto& outcome = std::get<Outcome>(effect);
    CHECK_MESSAGE(outcome.kind == OutcomeKind::applied, outcome.reason);
}

TEST_CASE("outcomes have the words of the contract") {
    CHECK(to_string(OutcomeKind::unchanged) == "unchanged");
    CHECK(to_string(OutcomeKind::applied) == "applied");
    CHECK(to_string(OutcomeKind::rolled_back) == "rolled_back");
    CHECK(to_string(OutcomeKind::failed) == "failed");
    CHECK(to_string(OutcomeKind::refused) == "refused");
}

TEST_CASE("strangers that were asked a moment ago are left alone before the daemon's burst") {
    Replacement change;
    const SteadyTime began = change.world.now.steady;
    std::optional<SteadyTime> first;
    change.world.before_action = [&](const Action&) -> Result<void> {
        if (!first) first = change.world.now.steady;
        return {};
    };
    Apply machine(change.plan, {*change.world.state()}, {Seconds{60}, Seconds{1}, Seconds{28}});
    const auto run = drive(machine, change.world);
    REQUIRE(run.outcome);
    CHECK(run.outcome->kind == OutcomeKind::applied);
    REQUIRE(first);
    CHECK(*first - began >= std::chrono::seconds(28));
    CHECK(run.said.front().starts_with("waiting 28 s: the new sources were asked"));
}

TEST_CASE("nothing to do needs no rest") {
    Replacement change;
    auto machine = change.machine();
    REQUIRE(drive(machine, change.world).outcome->kind == OutcomeKind::applied);
    const SteadyTime began = change.world.now.steady;
    Apply again(change.plan, {*change.world.state()}, {Seconds{60}, Seconds{1}, Seconds{28}});
    const auto run = drive(again, change.world);
    CHECK(run.outcome->kind == OutcomeKind::unchanged);
    CHECK(change.world.now.steady - began < std::chrono::seconds(28));
}

TEST_CASE("what changed during the rest is seen, and an interrupt then changes nothing") {
    for (const bool interrupted : {false, true}) {
        CAPTURE(interrupted);
        Replacement change;
        const Picture before = picture(change.world);
        Apply machine(change.plan, {*change.world.state()}, {Seconds{60}, Seconds{1}, Seconds{28}});
        auto effect = machine.begin(change.world.now);
        REQUIRE(std::holds_alternative<CheckFiles>(effect));
        effect = machine.next(FilesChecked{{"x"}}, change.world.now);
        REQUIRE(std::holds_alternative<Say>(effect));
        effect = machine.next(Continue{}, change.world.now);
        REQUIRE(std::holds_alternative<Pause>(effect));
        if (interrupted) {
            effect = machine.next(Interrupt{}, change.world.now);
        } else {
            effect = machine.next(Continue{}, change.world.now);
            REQUIRE(std::holds_alternative<CheckFiles>(effect));
            effect = machine.next(FilesChecked{{"chrony.conf"}}, change.world.now);
        }
        const auto* outcome = std::get_if<Outcome>(&effect);
        REQUIRE(outcome != nullptr);
        CHECK(outcome->before_first_step);
        CHECK(outcome->kind == (interrupted ? OutcomeKind::failed : OutcomeKind::refused));
        CHECK(picture(change.world) == before);
    }
}
