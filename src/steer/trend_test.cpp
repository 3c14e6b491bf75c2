#include "steer/trend.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace clockwright {
namespace {

using doctest::Approx;

std::vector<TrendPoint> line(int n, double slope, double noise = 0, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal(0, 1);
    std::vector<TrendPoint> points;
    for (int i = 0; i < n; ++i)
        points.push_back({60.0 * i, 5 + slope * 60 * i + noise * normal(random)});
    return points;
}

TEST_CASE("a line has its slope, and no doubt about it") {
    const auto trend = trend_of(line(50, -2e-4));
    REQUIRE(trend);
    CHECK(trend->slope == Approx(-2e-4));
    CHECK(trend->low == Approx(-2e-4));
    CHECK(trend->high == Approx(-2e-4));
    CHECK(trend->is_sure());
}

TEST_CASE("a quarter of wild points does not move the slope") {
    auto points = line(80, 1e-3);
    for (std::size_t i = 3; i < points.size(); i += 5) points[i].value = 1e6;
    CHECK(trend_of(points)->slope == Approx(1e-3).epsilon(0.5));
}

TEST_CASE(
    "the interval holds the true slope in 95 % of noisy lines, and noise alone has no trend") {
    int held = 0, alarms = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        const auto sloped = trend_of(line(60, 1e-3, 1, seed));
        if (sloped->low <= 1e-3 && 1e-3 <= sloped->high) ++held;
        if (trend_of(line(60, 0, 1, seed + 1000))->is_sure()) ++alarms;
    }
    CHECK(held >= 372);
    CHECK(alarms <= 28);
}

TEST_CASE("a random walk goes somewhere, and is no trend in 95 % of its records") {
    int alarms = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        std::mt19937_64 random(seed);
        std::normal_distribution<double> step(0, 0.1);
        std::vector<TrendPoint> points;
        double value = 3;
        for (int i = 0; i < 120; ++i) points.push_back({21600.0 * i, value += step(random)});
        if (trend_of(points)->is_sure()) ++alarms;
    }
    CHECK(alarms <= 28);
}

TEST_CASE("too few points, or all at one moment, have no trend") {
    CHECK_FALSE(trend_of(line(7, 1)));
    CHECK_FALSE(trend_of(std::vector<TrendPoint>(20, {5, 1})));
    CHECK(trend_of(line(8, 1)));
}

TEST_CASE("of many points some are taken, the ends among them") {
    CHECK(trend_of(line(20'000, 3e-5))->slope == Approx(3e-5));
}

}  // namespace
}  // namespace clockwright
