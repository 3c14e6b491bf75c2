#include "publish/chart.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "time/spell.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime midnight{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}};

Chart of_offsets(std::vector<ChartValue> values) {
    return {.title = "Offset",
            .spelled = [](double value) { return spell(Seconds{value}); },
            .period = {midnight, midnight + 100min},
            .values = std::move(values)};
}

std::string svg(const Chart& chart) {
    return charts_svg(std::span(&chart, 1));
}

/// What stands in `d` of the path of this class.
std::string path(const std::string& text, const std::string& kind) {
    const std::string begin = "<path class=\"" + kind + "\" d=\"";
    const std::size_t found = text.find(begin);
    REQUIRE(found != text.npos);
    const std::size_t from = found + begin.size();
    return text.substr(from, text.find('"', from) - from);
}

std::vector<ChartValue> each_minute(int from, int to, double value) {
    std::vector<ChartValue> values;
    for (int minute = from; minute < to; ++minute)
        values.push_back({midnight + minute * 1min, value});
    return values;
}

}  // namespace

TEST_CASE("a chart of nothing says so and draws nothing") {
    const std::string text = svg(of_offsets({}));
    CHECK(text.contains("Offset: nothing is recorded</text>"));
    CHECK_FALSE(text.contains("<path"));
}

TEST_CASE("mean, deviation and number stand above the picture, values and instants beside it") {
    const std::string text = svg(of_offsets({{midnight, 1e-3}, {midnight + 50min, 3e-3}}));
    CHECK(text.contains("Offset: mean 2.0 ms, deviation 1.41 ms, 2 values</text>"));
    for (const char* label :
         {">1.0 ms<", ">2.0 ms<", ">3.0 ms<", ">11-20 00:00<", ">11-20 01:40<"}) {
        CAPTURE(label);
        CHECK(text.contains(label));
    }
}

TEST_CASE("where nothing is recorded nothing is drawn") {
    const std::string whole = path(svg(of_offsets(each_minute(0, 100, 1e-3))), "mean");
    CHECK(std::ranges::count(whole, 'M') == 1);
    auto values = each_minute(0, 40, 1e-3);
    std::ranges::copy(each_minute(60, 100, 1e-3), std::back_inserter(values));
    const std::string cut = path(svg(of_offsets(values)), "mean");
    CHECK(std::ranges::count(cut, 'M') == 2);
}

TEST_CASE("a stretch shows its least and its most, so that no value is hidden by a mean") {
    auto values = each_minute(0, 100, 0);
    values[50].value = 1;
    // Fifty stretches; the range is -0.05 … 1.05 from 200 up to 34.
    CHECK(path(svg(of_offsets(values)), "band").contains("M435.0 192.5H448.8V41.5H435.0Z"));
}

TEST_CASE("how often which value was there is drawn beside, the most frequent over all its width") {
    auto values = each_minute(0, 90, 0);
    std::ranges::copy(each_minute(90, 100, 1), std::back_inserter(values));
    const std::string spread = path(svg(of_offsets(values)), "spread");
    CHECK(std::ranges::count(spread, 'M') == 2);
    CHECK(spread.contains("h160.0"));
    CHECK(spread.contains("h17.8"));
}

TEST_CASE("charts stand below each other, and foreign text in a title does no harm") {
    Chart foreign = of_offsets(each_minute(0, 10, 1));
    foreign.title = "</text><script>";
    const std::string text = charts_svg(std::array{foreign, foreign});
    CHECK(text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 480\""));
    CHECK(text.contains("translate(0 240)"));
    CHECK_FALSE(text.contains("<script"));
}
