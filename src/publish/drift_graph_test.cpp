#include "publish/drift_graph.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace clockwright;

namespace {

using Offsets = std::vector<std::optional<Seconds>>;

const std::string zero(80, '-');

std::string zero_with(std::size_t column) {
    std::string row = zero;
    row.at(column) = '*';
    return row;
}

}  // namespace

TEST_CASE("a slow clock is drawn above the line of zero, a fast one below, the newest rightmost") {
    const Offsets offsets{Seconds{3e-6}, Seconds{0}, Seconds{-1e-6}, Seconds{-2e-6}};
    CHECK(drift_graph(offsets) ==
          "slow 5.0 µs\n"
          "\n"
          "*\n"
          "\n" +
              zero_with(1) +
              "\n"
              "  **\n"
              "\n"
              "\n"
              "fast 5.0 µs; now fast 2.0 µs\n");
}

TEST_CASE("a look that told no offset leaves its column empty") {
    const Offsets offsets{Seconds{1e-3}, std::nullopt, Seconds{std::nan("")}, Seconds{1e-3},
                          std::nullopt};
    CHECK(drift_graph(offsets) == "slow 1.0 ms\n*  *\n\n\n" + zero +
                                      "\n\n\n\n"
                                      "fast 1.0 ms; now unknown\n");
}

TEST_CASE("without a known offset there is no picture") {
    CHECK(drift_graph({}).empty());
    CHECK(drift_graph(Offsets{std::nullopt, std::nullopt}).empty());
}

TEST_CASE("only the last eighty looks are drawn, on a scale of their own") {
    Offsets offsets{Seconds{1}};
    offsets.resize(81, Seconds{0});
    CHECK(drift_graph(offsets) ==
          "slow 1.0 ns\n\n\n\n" + std::string(80, '*') + "\n\n\n\nfast 1.0 ns; now 0 s\n");
}

TEST_CASE("the scale is the next of 1, 2, 5 and 10") {
    struct Row {
        double seconds;
        std::string_view begins;
    };
    for (const Row& row : {Row{1.5e-3, "slow 2.0 ms\n"}, Row{2.1e-3, "slow 5.0 ms\n"},
                           Row{6e-3, "slow 10 ms\n"}, Row{-0.6, "slow 1.0 s\n"}}) {
        CAPTURE(row.seconds);
        CHECK(drift_graph(Offsets{Seconds{row.seconds}}).starts_with(row.begins));
    }
}
