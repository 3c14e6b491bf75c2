#include "steer/distribution.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace clockwright {
namespace {

/// Mean of (x − `about`)^`power`.
double moment(std::span<const double> numbers, double about, int power) {
    double sum = 0;
    for (const double number : numbers) sum += std::pow(number - about, power);
    return sum / static_cast<double>(numbers.size());
}

}  // namespace

std::optional<Distribution> distribution_of(std::vector<double> numbers) {
    if (numbers.empty()) return std::nullopt;
    std::ranges::sort(numbers);
    const auto n = static_cast<double>(numbers.size());
    Distribution spread;
    spread.count = numbers.size();
    spread.mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) / n;
    spread.least = numbers.front();
    spread.most = numbers.back();
    spread.median = percentile(numbers, 0.5);
    spread.p5 = percentile(numbers, 0.05);
    spread.p95 = percentile(numbers, 0.95);
    spread.p99 = percentile(numbers, 0.99);
    const double variance = moment(numbers, spread.mean, 2);
    spread.population_deviation = std::sqrt(variance);
    if (numbers.size() > 1) spread.deviation = std::sqrt(variance * n / (n - 1));
    if (variance > 0) {
        spread.skewness = moment(numbers, spread.mean, 3) / std::pow(variance, 1.5);
        spread.kurtosis = moment(numbers, spread.mean, 4) / (variance * variance) - 3;
    }
    for (double& number : numbers) number = std::abs(number - spread.median);
    std::ranges::sort(numbers);
    spread.median_deviation = percentile(numbers, 0.5);
    return spread;
}

double percentile(std::span<const double> sorted, double share) {
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(place));
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

std::optional<double> median_of(std::vector<double> numbers) {
    if (numbers.empty()) return std::nullopt;
    std::ranges::sort(numbers);
    return percentile(numbers, 0.5);
}

std::vector<std::size_t> histogram(std::span<const double> numbers, std::span<const double> edges) {
    if (edges.size() < 2) return {};
    std::vector<std::size_t> counts(edges.size() - 1, 0);
    for (const double number : numbers) {
        if (number < edges.front() || number > edges.back()) continue;
        const auto above = std::ranges::upper_bound(edges, number);
        const auto stretch = static_cast<std::size_t>(above - edges.begin());
        ++counts[std::min(stretch, counts.size()) - 1];
    }
    return counts;
}

}  // namespace clockwright
