#include "steer/wander.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace clockwright {
namespace {

using namespace std::chrono_literals;

/// Every minute, `n` points of a frequency that changes by `slope` ppm an hour.
std::vector<FrequencyPoint> ramp(int n, double slope) {
    std::vector<FrequencyPoint> points;
    for (int i = 0; i < n; ++i)
        points.push_back({WallTime{} + i * 1min, Ppm{-12 + slope * i / 60}});
    return points;
}

TEST_CASE("a steady ramp wanders by its slope, widened for the stretches there are") {
    const auto wandered = wander(ramp(6001, 0.5), Seconds{3600});
    REQUIRE(wandered);
    CHECK(wandered->value == doctest::Approx(0.5 * (1 + 2 / std::sqrt(100.0))));
    CHECK(wander(ramp(6001, -0.5), Seconds{3600})->value == doctest::Approx(wandered->value));
}

TEST_CASE("looks between two updates are none of their own") {
    std::vector<SteeredLook> looks;
    for (const double rate : {3.0, 3.0, 3.0, 3.1, 3.1, 3.0})
        looks.push_back({WallTime{} + looks.size() * 1min, Seconds{0}, Ppm{rate}});
    const auto points = updates_of(looks);
    REQUIRE(points.size() == 3);
    CHECK(points[1].at == WallTime{} + 3min);
    CHECK(points[2].frequency == Ppm{3.0});
}

TEST_CASE("a record too short for the age tells nothing") {
    CHECK_FALSE(wander({}, Seconds{60}));
    CHECK_FALSE(wander(ramp(1199, 0.5), Seconds{3600}));
    CHECK(wander(ramp(1201, 0.5), Seconds{3600}));
    auto sparse = ramp(5941, 0.5);
    std::erase_if(sparse, [n = 0](const FrequencyPoint&) mutable { return n++ % 60 != 0; });
    CHECK_FALSE(wander(sparse, Seconds{3600}));  // 100 points, 99 pairs
    CHECK(wander(sparse, Seconds{1}) == std::nullopt);
}

TEST_CASE("a lag below half an hour counts as that") {
    CHECK(wander(ramp(6001, 0.5), Seconds{1}) == wander(ramp(6001, 0.5), Seconds{1800}));
    CHECK_FALSE(wander(ramp(600, 0.5), Seconds{60}));
    CHECK(wander(ramp(602, 0.5), Seconds{60}));
}

TEST_CASE("a gap makes no pairs, so a change across it is none of the wander") {
    auto points = ramp(3000, 0);
    for (FrequencyPoint point : ramp(3000, 0)) {
        point.at += 30 * 24h;
        point.frequency.value += 200;
        points.push_back(point);
    }
    const auto wandered = wander(points, Seconds{3600});
    REQUIRE(wandered);
    CHECK(wandered->value == 0);
}

TEST_CASE("what comes back after a day was away for half of it") {
    std::vector<FrequencyPoint> points;
    for (int i = 0; i < 41 * 24 * 6; ++i)
        points.push_back(
            {WallTime{} + i * 10min, Ppm{-12 + 2 * std::sin(i * 2 * std::numbers::pi / 144)}});
    const auto half = wander(points, 12h);
    REQUIRE(half);
    CHECK(half->value > 4);
    for (const auto lag : {14h, 18h, 24h, 36h, 48h}) {
        CAPTURE(lag.count());
        CHECK(wander(points, lag) >= half);
    }
    CHECK_FALSE(wander(points, 50h));
}

TEST_CASE("one bad point in a thousand is beyond the 99th percentile, two in a hundred are not") {
    auto points = ramp(5000, 0);
    for (std::size_t i = 0; i < points.size(); i += 1000) points[i].frequency.value += 50;
    CHECK(wander(points, Seconds{1800})->value == 0);
    for (std::size_t i = 0; i < points.size(); i += 50) points[i].frequency.value += 50;
    CHECK(wander(points, Seconds{1790})->value > 49);
}

}  // namespace
}  // namespace clockwright
