#include "daemon/chrony_nts.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>

#include "tests/fakes/plan_case.h"

using namespace clockwright;
using namespace clockwright::fakes;

namespace {

void make_secure(PlanCase& made, std::initializer_list<const char*> names) {
    for (const auto* name : names) {
        Candidate& candidate = made.candidate(name);
        candidate.source.host.nts = true;
        candidate.source.host.port = 4460;
        candidate.source.as_written = std::string("nts://") + name;
        candidate.source.authentication = Authentication::nts;
        candidate.series.samples.resize(1);
        candidate.series.samples.front().authenticated = true;
    }
}

bool has_note(const Plan& plan, std::string_view text) {
    return std::ranges::any_of(plan.notes, [&](const auto& note) { return note.contains(text); });
}

std::string own_text(const Plan& plan) {
    for (const auto& file : files_after(plan))
        if (file.path == DaemonWorld::own_file) return file.content;
    return {};
}

}  // namespace

TEST_CASE("three NTS sources of three operators are written with nts, and verified as such") {
    const auto world = office_world({}, {});
    auto made = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp4"});
    make_secure(made, {"ntp1", "ntp2", "ntp3"});
    made.settings.minimum = 4;  // chronyd may set the plain one aside
    const auto plan = made.make();
    REQUIRE(plan);
    CHECK(own_text(*plan).contains("server ntp1 iburst nts minpoll 6 maxpoll 6\n"));
    CHECK(own_text(*plan).contains("server ntp4 iburst minpoll 6 maxpoll 6\n"));
    CHECK(has_note(*plan, "authselectmode mix: chronyd takes the 3 NTS sources"));
    CHECK(plan->steps.front().expect.minimum == 3);
    for (const auto& source : plan->steps.front().expect.sources)
        CHECK((source.authentication == Authentication::nts) == (source.name != "ntp4"));
}

TEST_CASE("two NTS sources are written plain, and the plan says why") {
    const auto world = office_world({}, {});
    auto made = plan_case(world, {"ntp1", "ntp2", "ntp3"});
    make_secure(made, {"ntp1", "ntp2"});
    const auto plan = made.make();
    REQUIRE(plan);
    CHECK_FALSE(own_text(*plan).contains(" nts"));
    CHECK(has_note(*plan, "2 NTS sources of 2 operators"));
    CHECK_FALSE(has_note(*plan, "nocerttimecheck"));
}

TEST_CASE("a required set beside a plain foreign member is refused without three operators") {
    const auto world = office_world("server ntp3 iburst\n", {});
    auto made = plan_case(world, {"ntp1", "ntp2", "ntp3"});
    make_secure(made, {"ntp1", "ntp2"});
    made.settings.nts = NtsPolicy::require;
    const auto plan = made.make();
    REQUIRE_FALSE(plan);
    CHECK(plan.error().fault == Fault::refused);
    CHECK(plan.error().message.starts_with("nts = require cannot be kept: 2 NTS sources"));
}

TEST_CASE("NTS sources that fail do not give way to plain ones without the user's word") {
    const struct {
        std::string what;
        std::string own, failing;  // digits of the names
        std::function<void(PlanCase&)> change;
        std::string words;  // of the refusal; empty: the plan is made
    } rows[] = {
        {"all fail", "123", "123", [](auto&) {},
         "3 sources written with NTS (nts://ntp1, nts://ntp2, nts://ntp3) would give way"},
        {"three are left", "1235", "5", [](auto&) {}, ""},
        {"two are left", "125", "5", [](auto&) {}, "1 source written with NTS (nts://ntp5)"},
        {"the user switched NTS off", "123", "123",
         [](auto& one) { one.settings.nts = NtsPolicy::off; }, ""},
        {"the user blocked it", "125", "5",
         [](auto& one) { one.candidate("ntp5").blocked_by_user = true; }, ""},
        {"a rule closed it", "125", "5",
         [](auto& one) {
             one.candidate("ntp5").selectable = false;
             one.candidate("ntp5").why_not_selectable = "serves UT1, not UTC";
         },
         ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        std::string lines = "server ntp4 iburst\n";
        for (const char digit : row.own) lines += fmt::format("server ntp{} iburst nts\n", digit);
        const auto world = office_world({}, lines);
        std::set<std::string> chosen{"ntp1", "ntp2", "ntp3", "ntp4", "ntp5"};
        for (const char digit : row.failing) chosen.erase(fmt::format("ntp{}", digit));
        auto made = plan_case(world, chosen);
        made.gate.at_once = true;
        for (const char digit : row.own) {
            const std::string name = fmt::format("ntp{}", digit);
            make_secure(made, {name.c_str()});
            made.candidate(name).written = Authentication::nts;
            if (row.failing.contains(digit)) made.candidate(name).series.samples.clear();
        }
        row.change(made);
        const auto plan = made.make();
        REQUIRE(plan.has_value() == row.words.empty());
        if (plan) continue;
        CHECK(plan.error().fault == Fault::refused);
        CHECK(plan.error().message.starts_with(row.words));
        CHECK(plan.error().message.contains("--nts off"));
        made.gate.at_once = false;  // for a better error alone it is not even asked
        REQUIRE(made.make());
        CHECK_FALSE(made.make()->change);
        CHECK(made.make()->reason.starts_with("the present set stays: " + row.words));
    }
}

TEST_CASE("takeover of NTS sources by plain ones is no word on NTS") {
    const auto world = office_world("server ntp1 iburst nts\n", {});
    auto made = plan_case(world, {"ntp3", "ntp4", "ntp5"});
    made.settings.takeover = made.gate.at_once = true;
    REQUIRE_FALSE(made.make());
    CHECK(made.make().error().message.starts_with("1 source written with NTS (nts://ntp1)"));
}

TEST_CASE("a line that gains nts is dropped by one reload and added by the next") {
    const auto world =
        office_world({}, "server ntp1 iburst\nserver ntp2 iburst\nserver ntp3 iburst\n");
    auto made = plan_case(world, {"ntp1", "ntp2", "ntp3"});
    make_secure(made, {"ntp1", "ntp2", "ntp3"});
    const auto plan = made.make();
    REQUIRE(plan);
    const auto reloads = [](const std::vector<Action>& actions) {
        return std::ranges::count_if(actions, [](const auto& action) {
            return std::holds_alternative<ReloadSources>(action);
        });
    };
    CHECK(reloads(plan->steps.front().actions) == 2);
    CHECK(reloads(plan->steps.front().undo) == 2);
}

TEST_CASE("what chronyd makes of plain sources beside NTS follows authselectmode") {
    const struct {
        std::string directives, note;
    } rows[] = {
        {"", "authselectmode mix"},
        {"authselectmode mix\n", "authselectmode mix"},
        {"authselectmode require\n", "never selects the 1 plain sources"},
        {"authselectmode prefer\n", "never selects the 1 plain sources"},
        {"authselectmode ignore\n", "chooses among NTS and plain sources alike"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.directives);
        const auto world = office_world(row.directives, {});
        auto made = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp4"});
        make_secure(made, {"ntp1", "ntp2", "ntp3"});
        const auto plan = made.make();
        REQUIRE(plan);
        CHECK(has_note(*plan, row.note));
    }
}

TEST_CASE("what NTS wants and only a restart could bring is named, unless it is there") {
    const auto bare = office_world({}, {});
    const auto ready = office_world("nocerttimecheck 1\nntsdumpdir /var/lib/chrony\n", {});
    for (const auto* world : {&bare, &ready}) {
        auto made = plan_case(*world, {"ntp1", "ntp2", "ntp3"});
        make_secure(made, {"ntp1", "ntp2", "ntp3"});
        const auto plan = made.make();
        REQUIRE(plan);
        CHECK(has_note(*plan, "nocerttimecheck 1") == (world == &bare));
        CHECK(has_note(*plan, "ntsdumpdir") == (world == &bare));
    }
}
