#include "watch/promptness.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

namespace clockwright {
namespace {

using namespace std::chrono_literals;

constexpr Seconds far{5};

/// One look a minute.
std::vector<ClockRow> looks(std::initializer_list<double> offsets) {
    std::vector<ClockRow> rows;
    for (const double offset : offsets) {
        ClockRow row;
        row.at = WallTime{} + 1min * static_cast<int>(rows.size());
        row.offset = Seconds{offset};
        rows.push_back(row);
    }
    return rows;
}

AlertRow alert(std::chrono::nanoseconds at, AlertState state, const char* rule = "clock_offset",
               const char* subject = "") {
    return {WallTime{} + at, state, rule, subject, AlertSeverity::critical, {}};
}

TEST_CASE("from the first look that shows it to the alert is what people waited for") {
    const auto told = promptness_of(
        looks({0, 6, 6, 6, 0, -7, -7, 0}),
        std::vector{alert(3min, AlertState::firing), alert(4min, AlertState::resolved),
                    alert(5min + 30s, AlertState::firing)},
        far);
    CHECK(told.times == 2);
    CHECK(told.untold == 0);
    CHECK(told.slowest == Seconds(2min));
}

TEST_CASE("a clock that is right again before anybody was told counts as untold") {
    const auto alerts =
        std::vector{alert(1min, AlertState::firing, "server_wrong", "ntp1"),
                    alert(1min, AlertState::firing, "leap_table"), alert(9min, AlertState::firing)};
    const auto told = promptness_of(looks({0, 6, 6, 0, 0}), alerts, far);
    CHECK(told.times == 1);
    CHECK(told.untold == 1);
    CHECK_FALSE(told.slowest);
}

TEST_CASE("who knew already was told at once") {
    const auto alerts = std::vector{alert(0s, AlertState::firing, "not_demonstrated")};
    CHECK(promptness_of(looks({0, 6, 0}), alerts, far).slowest == Seconds{0});
}

TEST_CASE("the quorum shows it too") {
    auto rows = looks({0, 0, 0, 0, 0});
    rows[3].consensus = Seconds{-5};
    const auto told = promptness_of(rows, {}, far);
    CHECK(told.times == 1);
    CHECK(told.untold == 1);
    CHECK(promptness_of({}, {}, far).times == 0);
}

TEST_CASE("a clock that was far off all the time was so once, and told when it was told before") {
    const auto rows = looks({6, 6, 6});
    CHECK(promptness_of(rows, {}, far).times == 1);
    CHECK(promptness_of(rows, {}, far).untold == 1);
    const auto alerts = std::vector{alert(-48h, AlertState::firing)};
    CHECK(promptness_of(rows, alerts, far).untold == 0);
    CHECK(promptness_of(rows, alerts, far).slowest == Seconds{0});
}

}  // namespace
}  // namespace clockwright
