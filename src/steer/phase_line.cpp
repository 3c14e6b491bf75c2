#include "steer/phase_line.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "time/weighted_line.h"

namespace clockwright {
namespace {

constexpr std::size_t most_points = 64, least_points = 4, fewest_after_cut = 8;
constexpr double longest_gap = 1800;
constexpr double finest = 5e-6;        // a bound that differs by less differs by nothing
constexpr double too_few_runs = 1.64;  // deviations below what chance gives: one in twenty

using Points = std::vector<PhaseLine::Point>;

/// Queueing only widens a bound (rule M-4): the excess over the best counts, in units of its
/// middle.
std::vector<double> weights_of(const Points& points) {
    std::vector<double> bounds;
    for (const auto& point : points) bounds.push_back(point.bound);
    const double best = std::ranges::min(bounds);
    const auto middle = bounds.begin() + static_cast<std::ptrdiff_t>(bounds.size() / 2);
    std::ranges::nth_element(bounds, middle);
    const double scale = std::max(finest, *middle - best);
    std::vector<double> weights;
    for (const auto& point : points)
        weights.push_back(1 / std::pow(1 + (point.bound - best) / scale, 2));
    return weights;
}

PhaseLine::Fit fit_of(const Points& points) {
    const std::vector<double> weights = weights_of(points);
    std::vector<WeightedPoint> weighted;
    for (std::size_t i = 0; i < points.size(); ++i)
        weighted.push_back({points[i].at, points[i].phase, weights[i]});
    const WeightedLine line = line_through(weighted);
    const double error = line.spread > 0 ? std::sqrt(line.variance() / line.spread) : 1;
    return {Ppm{line.slope * 1e6}, Ppm{error * 1e6}, line.at, line.value, points.size()};
}

/// Wald and Wolfowitz: residuals that bend run on one side for long.
bool bends(const Points& points, const PhaseLine::Fit& fit) {
    int above = 0, below = 0, runs = 0;
    bool last = false;
    for (const auto& point : points) {
        const bool is_above = point.phase > fit.phase_at(point.at).count();
        if (above + below == 0 || is_above != last) ++runs;
        last = is_above;
        ++(is_above ? above : below);
    }
    const double all = above + below;
    const double expected = 2.0 * above * below / all + 1;
    const double deviation = std::sqrt(std::max(0.0, (expected - 1) * (expected - 2) / (all - 1)));
    return runs < expected - too_few_runs * deviation;
}

}  // namespace

void PhaseLine::add(const Point& point) {
    if (!points_.empty() && point.at - points_.back().at > longest_gap) points_.clear();
    points_.push_back(point);
    if (points_.size() > most_points) points_.pop_front();
}

std::optional<PhaseLine::Fit> PhaseLine::fit() const {
    if (points_.size() < least_points) return std::nullopt;
    Points points(points_.begin(), points_.end());
    Fit found = fit_of(points);
    while (points.size() > fewest_after_cut && bends(points, found)) {
        const std::size_t cut = std::max<std::size_t>(1, points.size() / 8);
        points.erase(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(cut));
        found = fit_of(points);
    }
    return found;
}

}  // namespace clockwright
