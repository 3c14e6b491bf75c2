#include "judge/quorum_bound.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "judge/intersection.h"
#include "judge/weighted_median.h"

namespace clockwright {
namespace {

Interval interval_of(const NewestAnswer& answer, SteadyTime now, Ppm drift) {
    const Sample& sample = answer.sample;
    const Seconds claimed =
        (sample.root_delay + sample.delay) / 2 + sample.root_dispersion + sample.dispersion;
    const Seconds age = std::max(Seconds(now - sample.at), Seconds{0});
    const Seconds half = std::max(claimed, least_distance(answer.address, sample.delay)) +
                         age * (drift.value * 1e-6);
    return {.low = sample.offset - half, .middle = sample.offset, .high = sample.offset + half};
}

/// Every point that a smallest majority of the intervals shares, and what lies between such points:
/// whichever of them are the honest ones, UTC is there. The best agreement of all would be
/// narrower, and right only if all who agree are honest.
std::pair<Seconds, Seconds> majority_span(std::span<const Interval> intervals) {
    std::vector<Seconds> lows, highs;
    for (const Interval& interval : intervals) {
        lows.push_back(interval.low);
        highs.push_back(interval.high);
    }
    std::ranges::sort(lows);
    std::ranges::sort(highs);
    const auto most = [&](Seconds point) {
        const auto begun = std::ranges::upper_bound(lows, point) - lows.begin();
        const auto over = std::ranges::lower_bound(highs, point) - highs.begin();
        return 2 * (begun - over) > std::ssize(lows);
    };
    return {*std::ranges::find_if(lows, most), *std::find_if(highs.rbegin(), highs.rend(), most)};
}

}  // namespace

Seconds least_distance(const std::optional<IpAddress>& address, Seconds delay) {
    constexpr Seconds least_claim{100e-6};
    return address && !address->is_public() ? Seconds{0} : delay / 2 + least_claim;
}

std::optional<QuorumBound> quorum_bound(std::span<const NewestAnswer> answers, SteadyTime now,
                                        Ppm drift) {
    std::vector<Interval> intervals;
    for (const NewestAnswer& answer : answers) intervals.push_back(interval_of(answer, now, drift));
    const Intersection common = intersect(intervals);
    if (!common.majority) return std::nullopt;
    QuorumBound quorum;
    quorum.agreeing = common.agreeing;
    quorum.judged = static_cast<int>(answers.size());
    std::vector<Weighted> offsets;
    std::optional<Seconds> least_delay, age;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!common.overlaps[i]) continue;
        const Sample& sample = answers[i].sample;
        const Seconds half = std::max(intervals[i].high - sample.offset, Seconds{1e-9});
        offsets.push_back({sample.offset.count(), 1 / half.count()});
        least_delay = std::min(least_delay.value_or(sample.delay), sample.delay);
        const Seconds since = std::max(Seconds(now - sample.at), Seconds{0});
        age = std::min(age.value_or(since), since);
        if (sample.authenticated) ++quorum.authenticated;
    }
    quorum.age = *age;
    quorum.offset =
        std::clamp(Seconds{weighted_median(std::move(offsets))}, common.low, common.high);
    const auto [low, high] = majority_span(intervals);
    quorum.bound = std::max({quorum.offset - low, high - quorum.offset, *least_delay / 2});
    return quorum;
}

}  // namespace clockwright
