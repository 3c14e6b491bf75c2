/// A straight line through points by weighted least squares.
#pragma once

#include <cstddef>
#include <span>

namespace clockwright {

struct WeightedPoint {
    double at = 0, value = 0;
    double weight = 1;  ///< > 0
};

/// It passes through (at, value), the points' centre of gravity.
struct WeightedLine {
    double slope = 0;
    double at = 0, value = 0;
    double residue = 0;  ///< Σ weight · (distance from the line)²
    double spread = 0;   ///< Σ weight · (at − centre)²
    std::size_t points = 0;

    /// Of the points about the line, as the points tell by themselves.
    double variance() const { return residue / (static_cast<double>(points) - 2); }
};

/// At least three points; all at one moment: the slope is 0 and so is the spread.
WeightedLine line_through(std::span<const WeightedPoint> points);

}  // namespace clockwright
