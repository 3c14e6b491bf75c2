/// What a plan is made from, in a few words: a world, the candidates found in it, the chosen ones.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "daemon/plan.h"
#include "tests/fakes/daemon_world.h"

namespace clockwright::fakes {

/// Five private servers ntp1 … ntp5 that all are right, and Debian's layout of files.
inline DaemonWorld office_world(std::string main_lines, std::string own_lines) {
    DaemonWorld world;
    for (const auto* number : {"1", "2", "3", "4", "5"})
        world.add_server(std::string("ntp") + number, std::string("10.0.0.") + number);
    world.put(DaemonWorld::main_file, main_lines + "sourcedir /etc/chrony/sources.d\n");
    if (!own_lines.empty()) world.put(DaemonWorld::own_file, std::move(own_lines));
    world.boot();
    return world;
}

inline constexpr const char* own_1_to_4 =
    "server ntp1 iburst\nserver ntp2 iburst\n"
    "server ntp3 iburst\nserver ntp4 iburst\n";

struct PlanCase {
    Found found;
    std::vector<Candidate> candidates;
    Selection selection;
    GateDecision gate{.change = true, .reason = "a better set", .have = 2, .need = 2};
    PlanSettings settings{.minimum = 3,
                          .restart = {"/usr/bin/systemctl", "restart", "chrony"},
                          .config_file = DaemonWorld::main_file,
                          .control = "/run/chrony/chronyd.sock",
                          .sha256 = digest};
    Now now{};

    Candidate& candidate(const std::string& name) {
        for (auto& one : candidates)
            if (one.source.host.name == name) return one;
        throw std::out_of_range(name);
    }

    Result<Plan> make() const {
        return make_plan(found, candidates, selection, gate, settings, now);
    }
};

inline Membership membership_of(const Found& found, const std::string& name) {
    for (const auto& line : found.config.sources)
        if (line.name == name)
            return line.ours || line.fallback ? Membership::ours : Membership::foreign;
    return Membership::none;
}

/// Every server of the world is a candidate and a truechimer; these are chosen.
inline PlanCase plan_case(const DaemonWorld& world, const std::set<std::string>& chosen) {
    PlanCase made{.found = world.found(), .candidates = {}, .selection = {}, .now = world.now};
    made.selection.consensus.majority = true;
    for (const auto& [name, server] : world.servers) {
        Candidate candidate;
        candidate.source.host.name = name;
        candidate.source.as_written = name;
        candidate.source.permitted = true;
        candidate.address = server.address;
        candidate.membership = membership_of(made.found, name);
        Assessment assessment;
        assessment.verdict = Verdict::truechimer;
        assessment.chosen = chosen.contains(name);
        assessment.stats.emplace();
        assessment.stats->delay_min = Seconds{5e-3};
        if (assessment.chosen) made.selection.ensemble.members.push_back(made.candidates.size());
        made.candidates.push_back(std::move(candidate));
        made.selection.assessments.push_back(std::move(assessment));
    }
    return made;
}

}  // namespace clockwright::fakes
