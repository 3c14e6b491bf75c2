#include "steer/aging.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "steer/trend.h"

namespace clockwright {
namespace {

using namespace std::chrono;

constexpr Seconds week = weeks{1}, month = days{30};
constexpr Seconds hardly_less{6 * 3600.0};  // points lie up to so far apart
constexpr Seconds set_by_somebody{10};

template <class Point>
Seconds covered_by(std::span<const Point> record) {
    return record.empty() ? Seconds{0} : Seconds(record.back().at - record.front().at);
}

std::optional<Trend> offset_trend(std::span<const RtcPoint> record) {
    if (covered_by(record) < week - hardly_less) return std::nullopt;
    std::vector<TrendPoint> points;
    for (const RtcPoint& point : record)
        points.push_back({Seconds(point.at - record.front().at).count(), point.offset.count()});
    return trend_of(points);
}

bool was_set(std::span<const RtcPoint> record) {
    return std::ranges::adjacent_find(record, [](const RtcPoint& one, const RtcPoint& next) {
               return std::abs((next.offset - one.offset).count()) > set_by_somebody.count();
           }) != record.end();
}

}  // namespace

std::optional<Ppm> monthly_trend(std::span<const FrequencyPoint> record) {
    if (covered_by(record) < week - hardly_less) return std::nullopt;
    std::vector<TrendPoint> points;
    for (const FrequencyPoint& point : record)
        points.push_back({Seconds(point.at - record.front().at).count(), point.frequency.value});
    const auto trend = trend_of(points);
    if (!trend) return std::nullopt;
    return Ppm{trend->is_sure() ? trend->slope * month.count() : 0};
}

std::optional<Ppm> rtc_rate_change(std::span<const RtcPoint> record) {
    if (record.empty() || was_set(record)) return std::nullopt;
    const WallTime newest_week = record.back().at - weeks{1};
    const auto middle = std::ranges::lower_bound(record, newest_week, {}, &RtcPoint::at);
    const auto before = offset_trend({record.begin(), middle});
    const auto now = offset_trend({middle, record.end()});
    if (!before || !now) return std::nullopt;
    const bool apart = now->low > before->high || now->high < before->low;
    return Ppm{apart ? (now->slope - before->slope) * 1e6 : 0};
}

}  // namespace clockwright
