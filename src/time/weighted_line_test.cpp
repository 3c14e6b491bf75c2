#include "time/weighted_line.h"

#include <doctest/doctest.h>

#include <vector>

using namespace clockwright;
using doctest::Approx;

TEST_CASE("points on a line are on it, whatever they weigh") {
    const std::vector<WeightedPoint> points{{0, 1, 1}, {1, 3, 5}, {2, 5, 0.1}, {7, 15, 2}};
    const WeightedLine line = line_through(points);
    CHECK(line.slope == Approx(2));
    CHECK(line.value - line.slope * line.at == Approx(1));
    CHECK(line.residue == Approx(0).epsilon(1e-9));
}

TEST_CASE("a point that hardly weighs hardly moves the line") {
    const std::vector<WeightedPoint> points{{0, 0, 1}, {1, 1, 1}, {2, 2, 1}, {3, 100, 1e-9}};
    CHECK(line_through(points).slope == Approx(1).epsilon(1e-5));
}

TEST_CASE("the scatter about the line is told: two up and two down by one") {
    const std::vector<WeightedPoint> points{{0, 1}, {1, -1}, {2, -1}, {3, 1}};
    const WeightedLine line = line_through(points);
    CHECK(line.slope == Approx(0));
    CHECK(line.residue == Approx(4));
    CHECK(line.variance() == Approx(2));
    CHECK(line.spread == Approx(5));
}

TEST_CASE("points at one moment have no slope") {
    const std::vector<WeightedPoint> points{{4, 1}, {4, 2}, {4, 3}};
    const WeightedLine line = line_through(points);
    CHECK(line.slope == 0);
    CHECK(line.spread == 0);
    CHECK(line.value == Approx(2));
}
