#include "publish/chart_scale.h"

#include <doctest/doctest.h>

#include <array>

using namespace clockwright;

TEST_CASE("the range is a little wider than the values, and none where they are all the same") {
    const ChartScale scale = scale_of(std::array{1.0, 3.0, 2.0});
    CHECK(scale.least == doctest::Approx(0.9));
    CHECK(scale.most == doctest::Approx(3.1));
    for (const double value : {0.0, 5e-6, -12.0, 1e9}) {
        CAPTURE(value);
        const ChartScale narrow = scale_of(std::array{value, value});
        CHECK(narrow.least < value);
        CHECK(narrow.most > value);
        CHECK(ticks_of(narrow).size() <= 7);
    }
}

TEST_CASE("the least value goes to the first place, the most to the last, upside down as well") {
    const ChartScale scale{.least = -1, .most = 1, .first = 200, .last = 40};
    CHECK(scale.place(-1) == 200);
    CHECK(scale.place(1) == 40);
    CHECK(scale.place(0) == 120);
    CHECK(scale.value(0.25) == -0.5);
}

TEST_CASE("ticks are multiples of 1, 2 or 5 within the range") {
    struct Row {
        double least, most;
        std::vector<double> ticks;
    };
    for (const Row& row : {Row{0, 6, {0, 1, 2, 3, 4, 5, 6}}, Row{-0.9, 1.1, {-0.5, 0, 0.5, 1}},
                           Row{10, 21, {10, 12, 14, 16, 18, 20}},
                           Row{-300, -40, {-300, -250, -200, -150, -100, -50}}}) {
        CAPTURE(row.least);
        const auto ticks = ticks_of({.least = row.least, .most = row.most});
        REQUIRE(ticks.size() == row.ticks.size());
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            CHECK(ticks[i] == doctest::Approx(row.ticks[i]));
        }
    }
}
