/// A slope that outliers do not move: Theil–Sen, with an interval for points that depend on those
/// before them as well.
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
    double low = 0, high = 0;  ///< 95 %: of independent points, and of a random walk

    /// It lies on one side of zero: there is a trend.
    bool is_sure() const { return low > 0 || high < 0; }
};

/// The median of the slopes between all pairs; of many points two hundred evenly chosen ones. Its
/// interval is Sen's or that of a random walk by the steps of the points' eighths, the wider one:
/// the rate of an oscillator walks at random, and goes somewhere in any record. Empty with fewer
/// than eight points, or when all are at one moment.
std::optional<Trend> trend_of(std::span<const TrendPoint> points);

}  // namespace clockwright
