#include <doctest/doctest.h>

#include <functional>

#include "daemon/chrony_source_line.h"
#include "daemon/chrony_steps.h"
#include "daemon/plan.h"
#include "tests/fakes/plan_case.h"

using namespace clockwright;
using namespace clockwright::fakes;

namespace {

std::vector<std::string> expected_names(const Expectation& expectation, bool added_only = false) {
    std::vector<std::string> names;
    for (const auto& source : expectation.sources)
        if (source.added || !added_only) names.push_back(source.name);
    std::ranges::sort(names);
    return names;
}

const WriteFile* write_of(const Step& step, const std::string& path) {
    for (const auto& action : step.actions)
        if (const auto* write = std::get_if<WriteFile>(&action); write && write->after.path == path)
            return write;
    return nullptr;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("poll limits follow permission and nearness") {
    const struct {
        std::string address;
        bool permitted;
        Seconds delay;
        std::string line;
    } rows[] = {
        {"192.0.2.1", false, Seconds{1e-3}, "server ntp1 iburst"},
        {"192.0.2.1", true, Seconds{1e-3}, "server ntp1 iburst minpoll 6 maxpoll 6"},
        {"10.0.0.1", false, Seconds{1.9e-3}, "server ntp1 iburst minpoll 4 maxpoll 6"},
        {"10.0.0.1", true, Seconds{2e-3}, "server ntp1 iburst minpoll 6 maxpoll 6"},
        {"10.0.0.1", false, Seconds{2e-3}, "server ntp1 iburst"},
        {"127.0.0.1", true, Seconds{1e-4}, "server ntp1 iburst minpoll 4 maxpoll 6"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.address);
        CAPTURE(row.permitted);
        CAPTURE(row.delay.count());
        Candidate candidate;
        candidate.source.host.name = "ntp1";
        candidate.source.permitted = row.permitted;
        candidate.address = parse_address(row.address);
        ServerStats stats;
        stats.delay_min = row.delay;
        CHECK(chrony::render(line_for(candidate, stats, true, traits_of(DaemonKind::chrony))) ==
              row.line);
    }
}

TEST_CASE("a line carries the port, and for NTS the port of the key exchange") {
    Candidate candidate;
    candidate.source.host = {.name = "ntp1", .port = 1123, .nts = false};
    CHECK(chrony::render(line_for(candidate, {}, true, traits_of(DaemonKind::chrony))) ==
          "server ntp1 port 1123 iburst");
    candidate.source.host = {.name = "ntp1", .port = 4460, .nts = true};
    candidate.source.authentication = Authentication::nts;
    CHECK(line_for(candidate, {}, true, traits_of(DaemonKind::chrony)).nts);
    CHECK_FALSE(line_for(candidate, {}, true, traits_of(DaemonKind::chrony)).ntsport);
    candidate.source.host.port = 4461;
    CHECK(line_for(candidate, {}, true, traits_of(DaemonKind::chrony)).ntsport == 4461);
    CHECK(line_for(candidate, {}, true, traits_of(DaemonKind::chrony)).port == 123);
}

TEST_CASE("without nts an NTS source is named as its key exchange named it") {
    Candidate candidate;
    candidate.source.host = {.name = "ke.example", .port = 4461, .nts = true};
    candidate.source.authentication = Authentication::nts;
    CHECK(chrony::render(line_for(candidate, {}, false, traits_of(DaemonKind::chrony))) ==
          "server ke.example iburst");
    candidate.nts.emplace();
    candidate.nts->server = "ntp.example";
    candidate.nts->port = 1123;
    CHECK(chrony::render(line_for(candidate, {}, false, traits_of(DaemonKind::chrony))) ==
          "server ntp.example port 1123 iburst");
    CHECK(chrony::render(line_for(candidate, {}, true, traits_of(DaemonKind::chrony))) ==
          "server ke.example iburst nts ntsport 4461");
    candidate.nts->server = "no name\nallow all";
    CHECK(line_for(candidate, {}, false, traits_of(DaemonKind::chrony)).name == "ke.example");
}

TEST_CASE("an addition is one step with its way back") {
    const auto world = office_world({}, "server ntp1 iburst\nserver ntp2 iburst\n");
    const auto plan = plan_case(world, {"ntp1", "ntp2", "ntp3"}).make();
    REQUIRE(plan);
    CHECK(plan->change);
    CHECK(plan->add == Names{"ntp3"});
    CHECK(plan->keep == Names{"ntp1", "ntp2"});
    CHECK(plan->remove.empty());
    CHECK_FALSE(plan->restart);
    REQUIRE(plan->steps.size() == 1);
    const auto& step = plan->steps[0];
    REQUIRE(step.actions.size() == 2);
    CHECK(std::holds_alternative<ReloadSources>(step.actions[1]));
    CHECK(step.undo == std::vector<Action>{*inverse(step.actions[0]), ReloadSources{}});
    CHECK(expected_names(step.expect) == Names{"ntp1", "ntp2", "ntp3"});
    CHECK(expected_names(step.expect, true) == Names{"ntp3"});
    CHECK(step.expect.minimum == 3);
    CHECK(plan->diff.contains("+server ntp3 iburst minpoll 6 maxpoll 6\n"));
    CHECK(plan->before.proof_only);
    CHECK(expected_names(plan->before) == Names{"ntp1", "ntp2"});
}

TEST_CASE("chosen members of a pool become one line for as many as were chosen") {
    const auto world = office_world({}, "server ntp1 iburst\nserver ntp2 iburst\n");
    auto made = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp4"});
    for (const auto* name : {"ntp3", "ntp4", "ntp5"}) {
        Source& source = made.candidate(name).source;
        source.host.name = source.as_written = "pool.example";
        source.is_pool = true;
        source.permitted = false;
    }
    const auto plan = made.make();
    REQUIRE(plan);
    CHECK(plan->add == Names{"pool.example"});
    CHECK(plan->diff.find("+pool pool.example iburst maxsources 2\n") != std::string::npos);
    CHECK(plan->diff.find("+pool") == plan->diff.rfind("+pool"));
}

TEST_CASE("a line of ours that stays keeps its options") {
    const auto world = office_world({}, "server ntp1 iburst maxdelay 0.5\nserver ntp2 iburst\n");
    const auto plan = plan_case(world, {"ntp1", "ntp2", "ntp3"}).make();
    REQUIRE(plan);
    const auto* write = write_of(plan->steps[0], DaemonWorld::own_file);
    REQUIRE(write);
    CHECK(write->after.content.contains("maxdelay 0.5"));
    CHECK(write->after.sha256 == digest(write->after.content));
}

TEST_CASE("what goes is dropped only after what comes is verified") {
    const auto world = office_world({}, own_1_to_4);
    const auto plan = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp5"}).make();
    REQUIRE(plan);
    REQUIRE(plan->steps.size() == 2);
    CHECK(expected_names(plan->steps[0].expect) == Names{"ntp1", "ntp2", "ntp3", "ntp4", "ntp5"});
    CHECK(expected_names(plan->steps[1].expect) == Names{"ntp1", "ntp2", "ntp3", "ntp5"});
    CHECK(expected_names(plan->steps[1].expect, true).empty());
    const auto* first = write_of(plan->steps[0], DaemonWorld::own_file);
    const auto* second = write_of(plan->steps[1], DaemonWorld::own_file);
    REQUIRE(first);
    REQUIRE(second);
    CHECK(second->before == first->after);
    CHECK(plan->remove == Names{"ntp4"});
}

TEST_CASE("a removal alone needs one step") {
    const auto world = office_world({}, own_1_to_4);
    const auto plan = plan_case(world, {"ntp1", "ntp2", "ntp3"}).make();
    REQUIRE(plan);
    REQUIRE(plan->steps.size() == 1);
    CHECK(plan->steps[0].title == "final");
}

TEST_CASE("nothing to change is no change, and a closed gate says why") {
    const auto world = office_world({}, own_1_to_4);
    auto same = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp4"});
    REQUIRE(same.make());
    CHECK_FALSE(same.make()->change);
    CHECK(same.make()->reason == "the daemon already uses this set");

    auto closed = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp5"});
    closed.gate = {.change = false, .reason = "confirmed by 1 of 2 scans", .have = 1, .need = 2};
    REQUIRE(closed.make());
    CHECK_FALSE(closed.make()->change);
    CHECK(closed.make()->reason == "confirmed by 1 of 2 scans");
    CHECK(closed.make()->steps.empty());
    CHECK(closed.make()->diff.empty());
}

TEST_CASE("what a foreign line provides is never added, by name or by address") {
    auto world = office_world("server ntp1 iburst\nserver time.corp.example iburst\n", {});
    world.add_server("time.corp.example", "10.0.0.2");
    world.boot();
    const auto plan = plan_case(world, {"ntp1", "ntp2", "ntp3"}).make();
    REQUIRE(plan);
    CHECK(plan->add == Names{"ntp3"});
    CHECK(plan->keep == Names{"ntp1", "time.corp.example"});
    CHECK(write_of(plan->steps[0], DaemonWorld::main_file) == nullptr);
}

TEST_CASE("a line whose name ends in the dot of the root is the same source") {
    auto world = office_world("server ntp1. iburst\n", "server ntp2. iburst maxdelay 0.5\n");
    const auto plan = plan_case(world, {"ntp1", "ntp2", "ntp3"}).make();
    REQUIRE(plan);
    CHECK(plan->add == Names{"ntp3"});
    CHECK(plan->remove.empty());
    CHECK(plan->keep == Names{"ntp1.", "ntp2."});
}

TEST_CASE("takeover comments out what is not chosen and tells chronyd at once") {
    auto world = office_world("server liar iburst minpoll 5\nserver ntp1 iburst\n", {});
    world.add_server("liar", "10.0.0.66", 'x');
    world.put("/etc/chrony/sources.d/site.sources", "server stale iburst\n");
    world.put("/run/chrony-dhcp/eth0.sources", "server leased iburst\n");
    world.put(DaemonWorld::main_file,
              world.read(DaemonWorld::main_file).content + "sourcedir /run/chrony-dhcp\n");
    world.boot();
    auto wish = plan_case(world, {"ntp1", "ntp2", "ntp3"});
    wish.settings.takeover = true;
    const auto plan = wish.make();
    REQUIRE(plan);
    CHECK(plan->remove == Names{"liar", "stale"});
    CHECK(plan->keep == Names{"leased", "ntp1"});
    CHECK(plan->taken_over.size() == 2);
    REQUIRE(plan->steps.size() == 2);
    const auto& final_step = plan->steps[1];
    const auto* main = write_of(final_step, DaemonWorld::main_file);
    REQUIRE(main);
    CHECK(
        main->after.content.starts_with("#clockwright-took-over# server liar iburst minpoll 5\n"));
    CHECK(write_of(final_step, "/etc/chrony/sources.d/site.sources"));
    CHECK_FALSE(write_of(final_step, "/run/chrony-dhcp/eth0.sources"));
    const DeleteSource gone{.name = "liar", .address = *parse_address("10.0.0.66")};
    CHECK(std::ranges::count(final_step.actions, Action(gone)) == 1);
    const AddSource back{.line = "server liar iburst minpoll 5"};
    CHECK(std::ranges::count(final_step.undo, Action(back)) == 1);
    CHECK(expected_names(plan->steps[0].expect) ==
          Names{"leased", "liar", "ntp1", "ntp2", "ntp3", "stale"});
    CHECK(expected_names(final_step.expect) == Names{"leased", "ntp1", "ntp2", "ntp3"});
}

TEST_CASE("what is taken over and has no address yet is dropped by name, and must be gone") {
    auto world = office_world("server nowhere iburst\n", {});
    world.boot();
    auto wish = plan_case(world, {"ntp1", "ntp2", "ntp3"});
    wish.settings.takeover = true;
    const auto plan = wish.make();
    REQUIRE(plan);
    const auto& final_step = plan->steps.back();
    const DeleteSource gone{.name = "nowhere", .address = {}};
    CHECK(std::ranges::count(final_step.actions, Action(gone)) == 1);
    CHECK(expected_names(final_step.expect) == Names{"ntp1", "ntp2", "ntp3"});
    const auto read = plan_from_json(plan_to_json(*plan));
    REQUIRE_MESSAGE(read, read.error().message);
    CHECK(*read == *plan);
}

TEST_CASE("a line that could not be given back by command is not taken over") {
    auto world = office_world("server liar iburst frobnicate\n", {});
    world.add_server("liar", "10.0.0.66", 'x');
    world.boot();
    auto wish = plan_case(world, {"ntp1", "ntp2", "ntp3"});
    wish.settings.takeover = true;
    const auto plan = wish.make();
    REQUIRE(plan);
    CHECK(plan->taken_over.empty());
    CHECK(std::ranges::any_of(plan->notes, [](const auto& note) {
        return note.contains("is not taken over: its option frobnicate");
    }));
}

TEST_CASE("a change that policy forbids is refused with what to do") {
    const struct {
        std::string what;
        std::function<void(PlanCase&)> change;
        std::string words;
        Fault fault = Fault::refused;
    } rows[] = {
        {"managed main file", [](auto& one) { one.found.files[0].content = "# Ansible managed\n"; },
         "/etc/chrony/chrony.conf carries \"# Ansible managed\" (line 1)"},
        {"directory not writable",
         [](auto& one) { one.found.not_writable["/etc/chrony/sources.d"] = "read-only"; },
         "clockwright.sources cannot be written: read-only"},
        {"preferred refclock", [](auto& one) { one.found.config.preferred_refclock = true; },
         "prefers a refclock"},
        {"serves time, two sources at once", [](auto& one) { one.found.config.serves_time = true; },
         "--serving"},
        {"no sourcedir", [](auto& one) { one.found.config.own_file.clear(); },
         "add the line \"sourcedir /etc/chrony\""},
        {"no sourcedir and no command to restart",
         [](auto& one) {
             one.found.config.own_file.clear();
             one.settings.allow_restart = true;
             one.settings.restart.clear();
         },
         "add the line \"sourcedir /etc/chrony\"", Fault::failed},
        {"a restart could step the clock",
         [](auto& one) {
             one.found.config.own_file.clear();
             one.settings.allow_restart = true;
             one.found.state.tracking.offset = Seconds{-0.05};
             one.found.config.directives.push_back(
                 {.name = "makestep", .arguments = {"0.1", "3"}, .file = {}});
         },
         "makestep could step the clock"},
        {"a restart could step a clock that its daemon takes for right",
         [](auto& one) {
             one.found.config.own_file.clear();
             one.settings.allow_restart = true;
             one.selection.consensus.offset = Seconds{5};
             one.found.config.directives.push_back(
                 {.name = "makestep", .arguments = {"1", "3"}, .file = {}});
         },
         "makestep could step the clock: it is +5.0 s off"},
        {"a restart without a majority",
         [](auto& one) {
             one.found.config.own_file.clear();
             one.settings.allow_restart = true;
             one.selection.consensus.majority = false;
         },
         "no majority"},
        {"the set is refused for a foreign source",
         [](auto& one) {
             one.selection.ensemble.refusal = "smear classes would mix";
             one.selection.ensemble.takeover_would_help = true;
         },
         "smear classes would mix; --takeover"},
    };
    const auto world = office_world({}, own_1_to_4);
    for (const auto& row : rows) {
        CAPTURE(row.what);
        auto one = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp5"});
        row.change(one);
        const auto plan = one.make();
        REQUIRE_FALSE(plan);
        CAPTURE(plan.error().message);
        CHECK(plan.error().fault == row.fault);
        CHECK(plan.error().message.contains(row.words));
    }
}

TEST_CASE("consent opens what policy forbids") {
    const auto world = office_world({}, own_1_to_4);
    auto managed = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp5"});
    managed.found.files[0].content = "# Ansible managed\n";
    managed.settings.managed_ours = true;
    CHECK(managed.make());
    auto serving = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp5"});
    serving.found.config.directives.push_back(
        {.name = "allow", .arguments = {"10.0.0.0/8"}, .file = {}});
    serving.settings.serving_confirmed = true;
    CHECK(serving.make());
}

TEST_CASE("without a sourcedir a marked line is added and chronyd restarted") {
    DaemonWorld world;
    for (const auto* number : {"1", "2", "3"})
        world.add_server(std::string("ntp") + number, std::string("10.0.0.") + number);
    world.put(DaemonWorld::main_file, "driftfile /var/lib/chrony/drift");
    world.boot();
    auto wish = plan_case(world, {"ntp1", "ntp2", "ntp3"});
    wish.settings.allow_restart = true;
    const auto plan = wish.make();
    REQUIRE(plan);
    CHECK(plan->restart);
    REQUIRE(plan->steps.size() == 1);
    const auto* main = write_of(plan->steps[0], DaemonWorld::main_file);
    REQUIRE(main);
    CHECK(main->after.content ==
          "driftfile /var/lib/chrony/drift\n# Added by Clockwright:\nsourcedir /etc/chrony\n");
    CHECK(write_of(plan->steps[0], "/etc/chrony/clockwright.sources"));
    CHECK(std::holds_alternative<RestartDaemon>(plan->steps[0].actions.back()));
    CHECK(std::holds_alternative<RestartDaemon>(plan->steps[0].undo.back()));
    const auto back = plan_from_json(plan_to_json(*plan));
    REQUIRE_MESSAGE(back, back.error().message);  // else its journal could not be read, nor undone
    CHECK(*back == *plan);
}

TEST_CASE("an edit of a foreign file is ours only if nothing else changes") {
    const struct {
        std::string before, after;
        bool ours;
    } rows[] = {
        {"server a\n", "#clockwright-took-over# server a\n", true},
        {"#clockwright-took-over# server a\n", "server a\n", true},
        {"a\n", "a\n# Added by Clockwright:\nsourcedir /etc/chrony\n", true},
        {"server a\n", "server b\n", false},
        {"server a\n", "", false},
        {"", "#clockwright-took-over# user root\n", false},
        {"a\n", "a\nsourcedir /tmp\n", false},
        {"a\n", "a\n# Added by Clockwright:\nuser root\n", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.before);
        CAPTURE(row.after);
        CHECK(chrony::is_our_edit(row.before, row.after) == row.ours);
    }
}
