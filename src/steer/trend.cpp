#include "steer/trend.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "steer/distribution.h"

namespace clockwright {
namespace {

constexpr std::size_t fewest = 8, most = 200;

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
    return Trend{percentile(slopes, 0.5), percentile(slopes, 0.5 - share),
                 percentile(slopes, 0.5 + share)};
}

}  // namespace clockwright
