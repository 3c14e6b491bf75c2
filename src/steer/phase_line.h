/// The line through the phase of a clock over time: what its rate needs, and what it is off by.
#pragma once

#include <deque>
#include <optional>

#include "time/units.h"

namespace clockwright {

/// The phase is what would have to be added to a clock that nobody had corrected; so corrections do
/// not bend the line, and following it cannot oscillate.
class PhaseLine {
  public:
    struct Point {
        double at = 0;     ///< seconds, of any origin
        double phase = 0;  ///< seconds
        double bound = 0;  ///< half-width
    };
    struct Fit {
        Ppm rate;   ///< slope
        Ppm error;  ///< one deviation of it; large with few points
        double at = 0, phase = 0;
        std::size_t points = 0;

        Seconds phase_at(double t) const { return Seconds{phase + rate.value * 1e-6 * (t - at)}; }
    };

    /// In order of time. After half an hour without one the earlier ones are forgotten: the rate
    /// has moved on meanwhile.
    void add(const Point& point);
    void forget() { points_.clear(); }

    /// Through as many of the newest points as one line fits: with residuals that do not change
    /// sign often enough for chance the oldest go. What came with a wider bound than the best
    /// weighs less. Empty with fewer than four.
    std::optional<Fit> fit() const;

  private:
    std::deque<Point> points_;
};

}  // namespace clockwright
