// In generated worlds the chosen set is what docs/selection.md says.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "tests/world/trial.h"

namespace clockwright::worlds {
namespace {

std::vector<Trial> trials_of(std::uint64_t first, int count, const lab::Harshness& harshness) {
    std::vector<Trial> list;
    for (std::uint64_t seed = first; list.size() < static_cast<std::size_t>(count); ++seed) {
        list.push_back(run_trial(seed, harshness));
    }
    return list;
}

const std::vector<Trial>& trials() {
    static const std::vector<Trial> all = trials_of(1, 240, {});
    return all;
}

const std::vector<Trial>& harsh_trials() {
    static const std::vector<Trial> all =
        trials_of(1, 120, {.least_false = 0.25, .most_false = 0.35, .asymmetric = 0.7});
    return all;
}

/// Both kinds, for what must hold in every world.
template <class Check>
void in_every_world(Check check) {
    for (const auto* list : {&trials(), &harsh_trials()}) {
        for (const Trial& trial : *list) {
            CAPTURE(trial.made.world.title);
            check(trial);
        }
    }
}

bool has_set(const Trial& trial) {
    return !trial.selection.ensemble.members.empty();
}

TEST_CASE("the chosen set is within a quarter of the error of four random servers") {
    const Score ours = scores_of(trials()).back();
    CHECK(ours.ratio <= 0.25);
    CHECK(ours.ratio_high <= 0.30);
    CHECK(scores_of(harsh_trials()).back().ratio <= 0.25);
}

TEST_CASE("no world in which a set is chosen errs by more than 10 ms") {
    for (const Trial& trial : trials()) {
        CAPTURE(trial.made.world.title);
        if (has_set(trial)) CHECK(trial.errors.back().rms < Seconds{0.010});
    }
}

TEST_CASE("a set is found in nearly every world, and its absence has a reason") {
    const auto found = std::ranges::count_if(trials(), has_set);
    CHECK(found >= 238);
    in_every_world([](const Trial& trial) {
        CHECK(has_set(trial) == trial.selection.ensemble.refusal.empty());
    });
}

/// What no honest path or header can explain: who errs by more than that can be told from the
/// honest by whoever has a majority of them.
bool lies_beyond_doubt(const Trial& trial, std::size_t i) {
    const lab::ServerSpec& spec = trial.made.world.servers[i];
    const Assessment& it = trial.selection.assessments[i];
    Seconds widest{};
    for (const Assessment& other : trial.selection.assessments) {
        if (other.chosen) widest = std::max(widest, other.distance);
    }
    return trial.made.is_false[i] && Seconds{std::abs(spec.offset.count())} > it.distance + widest;
}

TEST_CASE("no falseticker is chosen that a majority of honest servers can tell") {
    int liars = 0;
    in_every_world([&](const Trial& trial) {
        for (std::size_t i = 0; i < trial.candidates.size(); ++i) {
            if (!lies_beyond_doubt(trial, i)) continue;
            ++liars;
            CHECK_FALSE(trial.selection.assessments[i].chosen);
            CHECK(trial.selection.assessments[i].verdict != Verdict::truechimer);
        }
    });
    CHECK(liars > 500);
}

TEST_CASE("no set holds more of one operator or network than its share") {
    in_every_world([](const Trial& trial) {
        const auto& members = trial.selection.ensemble.members;
        const auto bound = group_bound(static_cast<int>(members.size()));
        for (const std::size_t one : members) {
            int siblings = 0, neighbours = 0;
            for (const std::size_t other : members) {
                const Ties a = ties_of(trial.candidates[one], trial.selection.assessments[one]);
                const Ties b = ties_of(trial.candidates[other], trial.selection.assessments[other]);
                siblings += one == other || share_operator(a, b);
                neighbours += one == other || share_network(a, b, TrustDomain::public_internet);
            }
            CHECK(siblings <= bound);
            CHECK(neighbours <= bound);
        }
    });
}

TEST_CASE("smear classes are never mixed") {
    int worlds_with_smear = 0;
    in_every_world([&](const Trial& trial) {
        worlds_with_smear += std::ranges::any_of(
            trial.candidates, [](const Candidate& it) { return it.source.smear == Smear::google; });
        std::map<bool, int> classes;
        for (const std::size_t member : trial.selection.ensemble.members) {
            ++classes[trial.candidates[member].source.smear == Smear::google];
        }
        CHECK(classes.size() <= 1);
    });
    CHECK(worlds_with_smear > 40);
}

TEST_CASE("the same seed gives the same world and the same choice") {
    const Trial once = run_trial(7), again = run_trial(7);
    CHECK(once.selection.ensemble.members == again.selection.ensemble.members);
    CHECK(once.errors.back().rms == again.errors.back().rms);
    CHECK(lab::generate_world(7).world.servers.size() != 0);
    CHECK(lab::generate_world(8).client_error != lab::generate_world(7).client_error);
}

TEST_CASE("worlds are as they are said to be") {
    in_every_world([](const Trial& trial) {
        const auto& servers = trial.made.world.servers;
        const auto liars = std::ranges::count(trial.made.is_false, true);
        CHECK(servers.size() >= 12);
        CHECK(servers.size() <= 20);
        CHECK(liars >= 1);
        CHECK(static_cast<double>(liars) <= 0.35 * static_cast<double>(servers.size()) + 0.5);
        CHECK(std::abs(trial.made.client_error.count()) >= 0.002);
        CHECK(std::abs(trial.made.client_error.count()) <= 2);
    });
}

}  // namespace
}  // namespace clockwright::worlds
