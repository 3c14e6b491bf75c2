/// Changes ready to be applied in a small world, and a picture of it before and after.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

#include "daemon/apply.h"
#include "tests/fakes/plan_case.h"

namespace clockwright::fakes {

/// A world in which ntp5 is to replace ntp4: two steps.
struct Replacement {
    DaemonWorld world = office_world({}, own_1_to_4);
    Plan plan = made(world, {"ntp1", "ntp2", "ntp3", "ntp5"}, {});

    static Plan made(const DaemonWorld& world, const std::set<std::string>& chosen,
                     const PlanSettings& wish) {
        auto one = plan_case(world, chosen);
        one.settings.takeover = wish.takeover;
        auto plan = one.make();
        REQUIRE_MESSAGE(plan, plan.error().message);
        plan->id = "7f3c9a";
        return *plan;
    }

    /// Every source of the plan is needed, and this one is silent.
    void needs_all_but_gets_no(const std::string& server) {
        world.servers[server].answers = false;
        for (Step& step : plan.steps) step.expect.minimum = 4;
    }
    Apply machine() const { return Apply(plan, {*world.state()}, {}); }
};

/// Files and sources, to compare before and after.
struct Picture {
    std::map<std::string, FileState> files;
    std::set<std::string> listed;
    friend bool operator==(const Picture&, const Picture&) = default;
};

inline Picture picture(const DaemonWorld& world) {
    return {world.files(), world.listed()};
}

/// A takeover: the main file's wrong server goes, ours come.
struct Takeover : Replacement {
    Takeover() {
        world = office_world("server liar iburst\nserver ntp1 iburst\n", {});
        world.add_server("liar", "10.0.0.66", 'x');
        world.boot();
        plan =
            made(world, {"ntp1", "ntp2", "ntp3", "ntp4"},
                 {.takeover = true, .restart = {}, .config_file = {}, .control = {}, .sha256 = {}});
    }
};

}  // namespace clockwright::fakes
