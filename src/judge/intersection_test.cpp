#include "judge/intersection.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace clockwright {
namespace {

Interval around(double middle, double half_width) {
    return {Seconds{middle - half_width}, Seconds{middle}, Seconds{middle + half_width}};
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("the majority interval and its truechimers (vectors V-3 to V-8, V-13)") {
    struct Row {
        const char* name;
        std::vector<Interval> intervals;
        int agreeing;
        bool majority;
        double low, high;
        std::vector<bool> overlaps;
        std::vector<bool> centred;
    };
    const std::vector<Row> rows{
        {"V-3",
         {around(1, 3), around(2, 2.5), around(1.5, 2)},
         3,
         true,
         -0.5,
         3.5,
         {true, true, true},
         {true, true, true}},
        {"V-4",
         {around(10, 4), around(11, 3), around(12, 5), around(40, 3)},
         3,
         true,
         8,
         14,
         {true, true, true, false},
         {true, true, true, false}},
        {"V-5",
         {around(1, 2), around(1.5, 2), around(2, 2), around(30, 1), around(-30, 1)},
         3,
         true,
         0,
         3,
         {true, true, true, false, false},
         {true, true, true, false, false}},
        {"V-6, two against two",
         {around(0, 0.3), around(0.1, 0.3), around(1.0, 0.3), around(1.1, 0.3)},
         2,
         false,
         0,
         0,
         {false, false, false, false},
         {false, false, false, false}},
        {"V-6, one against one",
         {around(0, 0.1), around(1, 0.1)},
         1,
         false,
         0,
         0,
         {false, false},
         {false, false}},
        {"V-7",
         {around(0, 5), around(4, 2), around(4.5, 2)},
         3,
         true,
         2.5,
         5,
         {true, true, true},
         {false, true, true}},
        {"V-8",
         {around(0, 1), around(0.1, 1), around(50, 1), around(50.1, 1), around(50.2, 1)},
         3,
         true,
         49.2,
         51,
         {false, false, true, true, true},
         {false, false, true, true, true}},
        {"V-13",
         {around(0, 1), around(3, 5), around(3.5, 5), around(4, 5)},
         4,
         true,
         -1,
         1,
         {true, true, true, true},
         {true, false, false, false}},
        {"none", {}, 0, false, 0, 0, {}, {}},
        {"one", {around(0, 1)}, 1, false, 0, 0, {false}, {false}},
        {"touching end points",
         {around(0, 1), around(2, 1)},
         2,
         true,
         1,
         1,
         {true, true},
         {false, false}},
        {"a point",
         {around(1, 0), around(1, 0), around(5, 1)},
         2,
         true,
         1,
         1,
         {true, true, false},
         {true, true, false}},
        {"identical",
         {around(2, 1), around(2, 1), around(2, 1)},
         3,
         true,
         1,
         3,
         {true, true, true},
         {true, true, true}},
        {"a gap inside: from the first to the last point of the depth",
         {around(5, 5), around(1, 1), around(9, 1)},
         2,
         true,
         0,
         10,
         {true, true, true},
         {true, true, true}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        const Intersection result = intersect(row.intervals);
        CHECK(result.agreeing == row.agreeing);
        CHECK(result.majority == row.majority);
        CHECK(result.low.count() == doctest::Approx(row.low));
        CHECK(result.high.count() == doctest::Approx(row.high));
        CHECK(result.overlaps == row.overlaps);
        CHECK(result.centred == row.centred);
    }
}

TEST_CASE("what is no interval counts against the majority and never agrees") {
    const std::vector<Interval> bad{
        {Seconds{not_a_number}, Seconds{0}, Seconds{1}},
        {Seconds{0}, Seconds{0}, Seconds{not_a_number}},
        {Seconds{-infinity}, Seconds{0}, Seconds{infinity}},
        {Seconds{1}, Seconds{0}, Seconds{-1}},
    };
    CHECK(intersect(bad).agreeing == 0);
    CHECK_FALSE(intersect(bad).majority);
    for (const Interval& one : bad) {
        const std::vector<Interval> with_two_good{around(0, 1), one, around(0, 1)};
        const Intersection result = intersect(with_two_good);
        CHECK(result.majority);
        CHECK(result.overlaps == std::vector<bool>{true, false, true});
        const std::vector<Interval> outvoted{around(0, 1), one, one, around(0, 1)};
        CHECK_FALSE(intersect(outvoted).majority);
    }
}

/// The definition itself, in O(n²): the depth at every end point.
Intersection by_definition(const std::vector<Interval>& intervals) {
    Intersection result;
    const auto depth_at = [&](Seconds point) {
        return static_cast<int>(std::ranges::count_if(
            intervals, [&](const Interval& it) { return it.low <= point && point <= it.high; }));
    };
    std::vector<Seconds> points;
    for (const Interval& it : intervals) {
        points.push_back(it.low);
        points.push_back(it.high);
    }
    for (const Seconds point : points) {
        result.agreeing = std::max(result.agreeing, depth_at(point));
    }
    std::erase_if(points, [&](Seconds point) { return depth_at(point) != result.agreeing; });
    result.majority =
        result.agreeing >= 2 && 2 * result.agreeing > static_cast<int>(intervals.size());
    if (result.majority) {
        result.low = std::ranges::min(points);
        result.high = std::ranges::max(points);
    }
    return result;
}

TEST_CASE("the sweep finds what the definition says, in any order of the intervals") {
    std::mt19937 random(20261120);
    for (int round = 0; round < 3000; ++round) {
        CAPTURE(round);
        std::vector<Interval> intervals;
        const auto count = 1 + random() % 9;
        for (unsigned i = 0; i < count; ++i) {
            // Small whole numbers, so that end points often coincide.
            intervals.push_back(around(static_cast<double>(random() % 12),  //
                                       static_cast<double>(random() % 5)));
        }
        const Intersection expected = by_definition(intervals);
        std::ranges::shuffle(intervals, random);
        const Intersection result = intersect(intervals);
        REQUIRE(result.agreeing == expected.agreeing);
        REQUIRE(result.majority == expected.majority);
        REQUIRE(result.low == expected.low);
        REQUIRE(result.high == expected.high);
        const auto overlapping = std::ranges::count(result.overlaps, true);
        REQUIRE(overlapping >= (expected.majority ? expected.agreeing : 0));
    }
}

}  // namespace
}  // namespace clockwright
