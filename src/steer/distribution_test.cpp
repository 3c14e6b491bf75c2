#include "steer/distribution.h"

#include <doctest/doctest.h>

namespace clockwright {
namespace {

using doctest::Approx;

TEST_CASE("every figure of a small set, as worked out by hand") {
    // Deviations from the mean 5: -3 -1 -1 -1 0 0 2 4; their squares add up to 32.
    const auto spread = distribution_of({5, 2, 4, 9, 4, 7, 4, 5});
    REQUIRE(spread);
    CHECK(spread->count == 8);
    CHECK(spread->mean == Approx(5));
    CHECK(spread->median == Approx(4.5));
    CHECK(spread->least == 2);
    CHECK(spread->most == 9);
    CHECK(spread->population_deviation == Approx(2));
    CHECK(spread->deviation == Approx(2.138089935).epsilon(1e-9));
    CHECK(spread->median_deviation == Approx(0.5));
    CHECK(spread->skewness == Approx(42.0 / 8 / 8));        // cubes: -27 -1 -1 -1 0 0 8 64
    CHECK(spread->kurtosis == Approx(356.0 / 8 / 16 - 3));  // fourth powers: 81 1 1 1 0 0 16 256
    CHECK(spread->p5 == Approx(2.7));
    CHECK(spread->p95 == Approx(8.3));
    CHECK(spread->p99 == Approx(8.86));
}

TEST_CASE("a percentile lies between its two nearest ranks, as numpy has it") {
    const std::vector<double> values{1, 2, 4, 8};
    CHECK(percentile(values, 0) == 1);
    CHECK(percentile(values, 0.5) == 3);
    CHECK(percentile(values, 0.95) == Approx(7.4));
    CHECK(percentile(values, 1) == 8);
    CHECK(percentile(std::vector<double>{5}, 0.99) == 5);
}

TEST_CASE("no number has no distribution, and one has no spread") {
    CHECK_FALSE(distribution_of({}));
    const auto one = distribution_of({-3});
    REQUIRE(one);
    CHECK(one->median == -3);
    CHECK(one->deviation == 0);
    CHECK(one->kurtosis == 0);
}

TEST_CASE("a histogram counts each number once, its last edge included") {
    const std::vector<double> numbers{-1, 0, 0.5, 1, 1.5, 2, 3, 4, 4.1};
    const std::vector<double> edges{0, 1, 2, 4};
    CHECK(histogram(numbers, edges) == std::vector<std::size_t>{2, 2, 3});
    CHECK(histogram(numbers, std::vector<double>{1}).empty());
}

}  // namespace
}  // namespace clockwright
