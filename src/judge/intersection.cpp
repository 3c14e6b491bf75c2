#include "judge/intersection.h"

#include <algorithm>
#include <cmath>

namespace clockwright {
namespace {

enum class Edge { low, high };  // at one value, low edges come first: end points are closed

struct EndPoint {
    Seconds value;
    Edge edge;
};

/// What is not finite or is turned round votes against everybody: it counts and never agrees.
bool can_agree(const Interval& interval) {
    return std::isfinite(interval.low.count()) && std::isfinite(interval.high.count()) &&
           interval.low <= interval.high;
}

std::vector<EndPoint> sorted_end_points(std::span<const Interval> intervals) {
    std::vector<EndPoint> points;
    points.reserve(2 * intervals.size());
    for (const Interval& interval : intervals) {
        if (can_agree(interval)) {
            points.push_back({interval.low, Edge::low});
            points.push_back({interval.high, Edge::high});
        }
    }
    std::ranges::sort(points, [](const EndPoint& a, const EndPoint& b) {
        return a.value != b.value ? a.value < b.value : a.edge < b.edge;
    });
    return points;
}

}  // namespace

Intersection intersect(std::span<const Interval> intervals) {
    Intersection result;
    result.overlaps.resize(intervals.size());
    result.centred.resize(intervals.size());

    int depth = 0;
    for (const EndPoint& point : sorted_end_points(intervals)) {
        if (point.edge == Edge::high) {
            if (depth == result.agreeing) {
                result.high = point.value;
            }
            --depth;
        } else if (++depth > result.agreeing) {
            result.agreeing = depth;
            result.low = point.value;
        }
    }

    result.majority =
        result.agreeing >= 2 && 2 * static_cast<std::size_t>(result.agreeing) > intervals.size();
    if (!result.majority) {
        result.low = result.high = Seconds{};
        return result;
    }
    for (std::size_t i = 0; i < intervals.size(); ++i) {
        const Interval& it = intervals[i];
        result.overlaps[i] = can_agree(it) && it.low <= result.high && it.high >= result.low;
        result.centred[i] =
            result.overlaps[i] && it.middle >= result.low && it.middle <= result.high;
    }
    return result;
}

}  // namespace clockwright
