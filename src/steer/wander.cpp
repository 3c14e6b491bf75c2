#include "steer/wander.h"

#include <algorithm>
#include <cmath>

namespace clockwright {
namespace {

constexpr Seconds least_lag{1800};
constexpr double stretches_needed = 20;
constexpr std::size_t pairs_needed = 100;
constexpr double next_lag = 1.5;

/// The 99th percentile of the changes within `lag`, in ppm; empty: too few pairs.
std::optional<double> usual_change(std::span<const FrequencyPoint> record, Seconds lag) {
    std::vector<double> changes;
    std::size_t later = 0;
    for (const FrequencyPoint& point : record) {
        const WallTime end = point.at + to_nanoseconds(lag);
        while (later < record.size() && record[later].at < end) ++later;
        if (later == record.size()) break;
        if (record[later].at - end > 0.1 * lag) continue;
        changes.push_back(std::abs(record[later].frequency.value - point.frequency.value));
    }
    if (changes.size() < pairs_needed) return std::nullopt;
    const auto rank = changes.begin() + static_cast<std::ptrdiff_t>(changes.size() * 99 / 100);
    std::ranges::nth_element(changes, rank);
    return *rank;
}

}  // namespace

std::vector<FrequencyPoint> updates_of(std::span<const SteeredLook> looks) {
    std::vector<FrequencyPoint> points;
    for (const SteeredLook& look : looks)
        if (points.empty() || points.back().frequency != look.frequency)
            points.push_back({look.at, look.frequency});
    return points;
}

std::optional<Ppm> wander(std::span<const FrequencyPoint> record, Seconds lag) {
    if (record.empty()) return std::nullopt;
    lag = std::max(lag, least_lag);
    const double stretches = Seconds(record.back().at - record.front().at) / lag;
    if (stretches < stretches_needed) return std::nullopt;
    auto most = usual_change(record, lag);
    if (!most) return std::nullopt;
    for (Seconds shorter = least_lag; shorter < lag; shorter *= next_lag)
        most = std::max(most, usual_change(record, shorter));
    return Ppm{*most * (1 + 2 / std::sqrt(stretches))};
}

}  // namespace clockwright
