#include "tests/world/strategies.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "judge/intersection.h"

namespace clockwright::worlds {
namespace {

using Candidates = std::span<const Candidate>;

/// Those that answered.
Members answering(const Selection& selection) {
    Members members;
    for (std::size_t i = 0; i < selection.assessments.size(); ++i) {
        if (selection.assessments[i].stats) members.push_back(i);
    }
    return members;
}

/// The `count` of `members` with the least value.
Members least(Members members, std::size_t count,
              const std::function<double(std::size_t)>& value_of) {
    std::ranges::stable_sort(members, {}, value_of);
    members.resize(std::min(count, members.size()));
    return members;
}

Members random_four(Candidates, const Selection& selection, std::uint64_t seed) {
    Members members = answering(selection);
    std::mt19937_64 random(seed);
    for (std::size_t i = members.size(); i > 1; --i)
        std::swap(members[i - 1], members[random() % i]);
    members.resize(std::min<std::size_t>(4, members.size()));
    return members;
}

/// Four weighted figures, each normalised to 0–100: jitter to 20 ms (0.35), reach (0.30), stratum
/// 1–4 (0.25), and as "latency" the distance from the local clock to 50 ms (0.10); stratum 1–3
/// only.
Members by_points(const Selection& selection, std::size_t count) {
    Members members = answering(selection);
    std::erase_if(members,
                  [&](std::size_t i) { return selection.assessments[i].stats->stratum > 3; });
    return least(std::move(members), count, [&](std::size_t i) {
        const ServerStats& stats = *selection.assessments[i].stats;
        const auto good = [](double bad) { return 100 * (1 - std::clamp(bad, 0.0, 1.0)); };
        return -(0.35 * good(stats.jitter.count() / 0.020) + 0.30 * good(stats.loss) +
                 0.25 * good((stats.stratum - 1) / 3.0) +
                 0.10 * good(std::abs(stats.offset.count()) / 0.050));
    });
}

Members points_one(Candidates, const Selection& selection, std::uint64_t) {
    return by_points(selection, 1);
}

Members points_four(Candidates, const Selection& selection, std::uint64_t) {
    return by_points(selection, 4);
}

Members lowest_delay(Candidates, const Selection& selection, std::uint64_t) {
    return least(answering(selection), 4,
                 [&](std::size_t i) { return selection.assessments[i].stats->delay_min.count(); });
}

Members everybody(Candidates, const Selection& selection, std::uint64_t) {
    return answering(selection);
}

/// Those that overlap the majority, then five by root distance.
Members by_root_distance(Candidates, const Selection& selection, std::uint64_t) {
    Members members = answering(selection);
    std::erase_if(members, [&](std::size_t i) {
        const Verdict verdict = selection.assessments[i].verdict;
        return !is_judged(verdict) || verdict == Verdict::falseticker;
    });
    return least(std::move(members), 5, [&](std::size_t i) {
        return selection.assessments[i].stats->root_distance.count();
    });
}

Members ours(Candidates, const Selection& selection, std::uint64_t) {
    return selection.ensemble.members;
}

}  // namespace

const std::vector<Strategy>& strategies() {
    static const std::vector<Strategy> all{
        {"random 4 (what most hosts have)", random_four},
        {"the one best by points", points_one},
        {"the four best by points", points_four},
        {"4 with the lowest round trip", lowest_delay},
        {"all that answer", everybody},
        {"intersection, then 5 by root distance", by_root_distance},
        {"Clockwright", ours},
    };
    return all;
}

}  // namespace clockwright::worlds
