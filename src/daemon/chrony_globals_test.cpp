#include "daemon/chrony_globals.h"

#include <doctest/doctest.h>

#include "daemon/dialect.h"
#include "daemon/marks.h"
#include "tests/fakes/plan_case.h"

using namespace clockwright;
using namespace clockwright::fakes;

namespace {

constexpr const char* conf = "/etc/chrony/conf.d/clockwright.conf";

std::string with_mark(const std::string& lines) {
    return std::string(own_file_mark) + "\n" + lines;
}

/// Debian's layout; ntp1 … ntp4 are in use and a fifth server is better.
DaemonWorld debian(std::string more = {}, const char* globals = nullptr) {
    DaemonWorld world = office_world("confdir /etc/chrony/conf.d\n" + std::move(more), own_1_to_4);
    if (globals != nullptr) world.put(conf, with_mark(globals));
    world.boot();
    return world;
}

PlanCase allowed(const DaemonWorld& world, const std::set<std::string>& chosen) {
    auto made = plan_case(world, chosen);
    made.settings.allow_restart = true;
    return made;
}

const std::set<std::string> all_five{"ntp1", "ntp2", "ntp3", "ntp4", "ntp5"};
const std::set<std::string> two_others{"ntp4", "ntp5"};

std::vector<const WriteFile*> writes_of(const std::vector<Action>& actions) {
    std::vector<const WriteFile*> writes;
    for (const Action& action : actions)
        if (const auto* write = std::get_if<WriteFile>(&action); write && write->after.path == conf)
            writes.push_back(write);
    return writes;
}

bool has_note(const Plan& plan, std::string_view text) {
    return std::ranges::any_of(plan.notes,
                               [&](const std::string& note) { return note.contains(text); });
}

}  // namespace

TEST_CASE("with consent to a restart the number of sources that must agree comes with the change") {
    const auto plan = allowed(debian(), all_five).make();
    REQUIRE(plan);
    CHECK(plan->restart);
    REQUIRE(plan->steps.size() == 1);
    const auto writes = writes_of(plan->steps[0].actions);
    REQUIRE(writes.size() == 1);
    CHECK(writes[0]->after.content == with_mark("minsources 3\n"));
    CHECK_FALSE(writes[0]->before.exists);
    CHECK(dialect_of(DaemonKind::chrony).is_own_write(*writes[0]));
    CHECK(std::holds_alternative<RestartDaemon>(plan->steps[0].actions.back()));
    CHECK_FALSE(writes_of(plan->steps[0].undo)[0]->after.exists);
    CHECK(std::holds_alternative<RestartDaemon>(plan->steps[0].undo.back()));
    CHECK(has_note(*plan, "minsources 3"));
    CHECK(plan->diff.contains("+minsources 3"));
    CHECK(std::ranges::find(plan->rests_on, conf, &FileState::path) != plan->rests_on.end());
    const auto back = plan_from_json(plan_to_json(*plan));
    REQUIRE_MESSAGE(back, back.error().message);
    CHECK(*back == *plan);
}

TEST_CASE("a replacement restarts once, when the old lines go") {
    auto wish = allowed(debian(), {"ntp2", "ntp3", "ntp4", "ntp5"});
    const auto plan = wish.make();
    REQUIRE(plan);
    REQUIRE(plan->steps.size() == 2);
    CHECK(writes_of(plan->steps[0].actions).empty());
    CHECK(std::holds_alternative<ReloadSources>(plan->steps[0].actions.back()));
    CHECK(writes_of(plan->steps[1].actions)[0]->after.content == with_mark("minsources 2\n"));
    CHECK(std::holds_alternative<RestartDaemon>(plan->steps[1].actions.back()));
}

TEST_CASE("a takeover by a restart tells chronyd nothing of single sources") {
    DaemonWorld world =
        office_world("confdir /etc/chrony/conf.d\nserver ntp1 iburst\nserver ntp2 iburst\n", {});
    world.boot();
    auto wish = allowed(world, {"ntp2", "ntp3", "ntp4", "ntp5"});
    wish.settings.takeover = true;
    const auto plan = wish.make();
    REQUIRE(plan);
    for (const Action& action : plan->steps.back().actions)
        CHECK_FALSE(std::holds_alternative<DeleteSource>(action));
    CHECK(std::holds_alternative<RestartDaemon>(plan->steps.back().actions.back()));
}

TEST_CASE("without consent it is advice, and nothing is restarted") {
    const auto plan = plan_case(debian(), all_five).make();
    REQUIRE(plan);
    CHECK_FALSE(plan->restart);
    CHECK(has_note(*plan, "left out: minsources 3"));
}

TEST_CASE("who set the number, or has a source that outranks the rest, keeps it") {
    for (const char* line : {"minsources 2\n", "refclock SHM 0\n", "local stratum 10\n",
                             "server ntp1 iburst trust\n"}) {
        CAPTURE(line);
        const auto plan = allowed(debian(line), all_five).make();
        REQUIRE(plan);
        CHECK_FALSE(plan->restart);
    }
}

TEST_CASE("without a confdir it is the confdir that is missing, with consent to a restart or not") {
    for (const char* lines : {"", "confdir /run/chrony.d /var/run/chrony.d\n"}) {
        CAPTURE(lines);
        DaemonWorld world = office_world(lines, own_1_to_4);
        for (const auto& wish : {allowed(world, all_five), plan_case(world, all_five)}) {
            const auto plan = wish.make();
            REQUIRE(plan);
            CHECK_FALSE(plan->restart);
            CHECK(has_note(*plan, "left out: minsources 3"));
            CHECK(has_note(*plan, "names no confdir"));
            CHECK_FALSE(has_note(*plan, "--allow-restart"));
        }
    }
}

TEST_CASE("a number that is right already asks for no restart") {
    const auto plan = allowed(debian({}, "minsources 3\n"), all_five).make();
    REQUIRE(plan);
    CHECK_FALSE(plan->restart);
}

TEST_CASE("a set too small for our number is refused, or the number goes with it") {
    const DaemonWorld world = debian({}, "minsources 3\n");
    auto wish = plan_case(world, two_others);
    wish.settings.minimum = 2;
    const auto refused = wish.make();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fault == Fault::refused);
    CHECK(refused.error().message.contains("minsources 3"));
    wish.settings.allow_restart = true;
    const auto plan = wish.make();
    REQUIRE(plan);
    CHECK(writes_of(plan->steps.back().actions)[0]->after.content == with_mark(""));
}

TEST_CASE("sources that would be slow to prove themselves after a restart get none") {
    DaemonWorld world = office_world(
        "confdir /etc/chrony/conf.d\nserver ntp1\nserver ntp2\nserver ntp3\nserver ntp4\n", {});
    world.boot();
    const auto plan = allowed(world, all_five).make();
    REQUIRE(plan);
    CHECK_FALSE(plan->restart);
}

TEST_CASE("the restart is refused while it could step the clock, or nobody knows the time") {
    auto far = allowed(debian(), all_five);
    far.found.config.directives.push_back(
        {.name = "makestep", .arguments = {"1.0", "3"}, .file = {}});
    far.found.state.tracking.offset = Seconds{0.6};
    CHECK(far.make().error().fault == Fault::refused);
    auto alone = allowed(debian(), all_five);
    alone.selection.consensus.majority = false;
    CHECK(alone.make().error().fault == Fault::refused);
}
