#include "steer/trend.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "steer/distribution.h"

namespace clockwright {
namespace {

constexpr std::size_t fewest = 8, most = 200, parts = 8;
constexpr double student = 2.447;  // 95 % with six degrees of freedom: seven steps, less their mean

/// What a random walk may have for a slope. One whose steps come to s² in a time t has one of
/// variance 6/5 · s²/t/T over a record of T; the medians of parts as long as t differ by 2/3 · s².
/// Noise of single points counts little in them.
double slope_of_walk(std::span<const TrendPoint> points) {
    std::vector<double> middles;
    for (std::size_t part = 0; part < parts; ++part) {
        std::vector<double> values;
        for (std::size_t i = part * points.size() / parts; i < (part + 1) * points.size() / parts;
             ++i)
            values.push_back(points[i].value);
        const auto middle = median_of(std::move(values));
        middles.push_back(middle.value_or(0));
    }
    const auto steps = static_cast<double>(parts - 1);
    const double mean = (middles.back() - middles.front()) / steps;
    double squares = 0;
    for (std::size_t i = 1; i < parts; ++i)
        squares += std::pow(middles[i] - middles[i - 1] - mean, 2);
    const double deviation = std::sqrt(squares / (steps - 1));
    const double length = points.back().at - points.front().at;
    const double step_by_median = 3.0 / 2, slope_by_step = 6.0 / 5 * parts;
    return length > 0 ? student * deviation * std::sqrt(step_by_median * slope_by_step) / length
                      : 0;
}

}  // namespace

std::optional<Trend> trend_of(std::span<const TrendPoint> points) {
    if (points.size() < fewest) return std::nullopt;
    std::vector<TrendPoint> chosen;
    const std::size_t taken = std::min(points.size(), most);
    for (std::size_t i = 0; i < taken; ++i)
        chosen.push_back(points[i * (points.size() - 1) / (taken - 1)]);
    std::vector<double> slopes;
    for (std::size_t i = 0; i < taken; ++i)
        for (std::size_t j = i + 1; j < taken; ++j)
            if (chosen[i].at != chosen[j].at)
                slopes.push_back((chosen[j].value - chosen[i].value) /
                                 (chosen[j].at - chosen[i].at));
    if (slopes.empty()) return std::nullopt;
    std::ranges::sort(slopes);
    // Kendall's S has the variance n(n − 1)(2n + 5)/18 (Sen 1968).
    const auto n = static_cast<double>(taken);
    const double width = 1.96 * std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
    const auto pairs = static_cast<double>(slopes.size());
    const double share = std::min(width / pairs, 1.0) / 2;
    const double slope = percentile(slopes, 0.5), walk = slope_of_walk(chosen);
    return Trend{slope, std::min(percentile(slopes, 0.5 - share), slope - walk),
                 std::max(percentile(slopes, 0.5 + share), slope + walk)};
}

}  // namespace clockwright
