/// A slope that outliers do not move: Theil–Sen, with Sen's confidence interval.
#pragma once

#include <optional>
#include <span>

namespace clockwright {

struct TrendPoint {
    double at = 0;  ///< seconds, of any origin
    double value = 0;
};

/// All per second, in the unit of the values.
struct Trend {
    double slope = 0;
    double low = 0, high = 0;  ///< 95 %, if the points are independent of each other

    /// It lies on one side of zero: there is a trend.
    bool is_sure() const { return low > 0 || high < 0; }
};

/// The median of the slopes between all pairs; of many points two hundred evenly chosen ones. Empty
/// with fewer than eight, or when all are at one moment.
std::optional<Trend> trend_of(std::span<const TrendPoint> points);

}  // namespace clockwright
