#include "time/weighted_line.h"

#include <algorithm>

namespace clockwright {

WeightedLine line_through(std::span<const WeightedPoint> points) {
    WeightedLine line{.points = points.size()};
    double sum = 0;
    for (const WeightedPoint& point : points) {
        sum += point.weight;
        line.at += point.weight * point.at;
        line.value += point.weight * point.value;
    }
    line.at /= sum;
    line.value /= sum;
    double together = 0, squares = 0;
    for (const WeightedPoint& point : points) {
        const double at = point.at - line.at, value = point.value - line.value;
        line.spread += point.weight * at * at;
        together += point.weight * at * value;
        squares += point.weight * value * value;
    }
    if (line.spread > 0) line.slope = together / line.spread;
    line.residue = std::max(0.0, squares - line.slope * together);
    return line;
}

}  // namespace clockwright
