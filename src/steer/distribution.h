/// How numbers are spread: what a report says of many offsets.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace clockwright {

/// In the unit of the numbers; the last two without one.
struct Distribution {
    std::size_t count = 0;
    double mean = 0, median = 0, least = 0, most = 0;
    double p5 = 0, p95 = 0, p99 = 0;
    double deviation = 0;               ///< of the sample (n − 1); 0 with one number
    double population_deviation = 0;    ///< of these numbers alone (n)
    double median_deviation = 0;        ///< median of |x − median|: what outliers do not move
    double skewness = 0, kurtosis = 0;  ///< of the moments (n); kurtosis of a normal one is 0
};

/// Empty without numbers.
std::optional<Distribution> distribution_of(std::vector<double> numbers);

/// Between the two nearest ranks, linearly (as numpy does it). `sorted` has a value at least.
double percentile(std::span<const double> sorted, double share);

/// Of numbers in any order; empty without numbers.
std::optional<double> median_of(std::vector<double> numbers);

/// How many numbers lie from each edge up to the next; the last stretch has its upper edge too.
/// `edges` are in order. What lies outside is in none.
std::vector<std::size_t> histogram(std::span<const double> numbers, std::span<const double> edges);

}  // namespace clockwright
