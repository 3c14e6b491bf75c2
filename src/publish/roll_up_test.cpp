#include "publish/roll_up.h"

#include <doctest/doctest.h>

#include <vector>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

constexpr WallTime noon{std::chrono::seconds(1'800'014'400)};

}  // namespace

TEST_CASE("a roll-up tells answered from lost, and its statistics are of the values there are") {
    const std::vector<Polled> polls{
        {.at = noon,
         .lost = false,
         .value = Seconds{4},
         .delay = Seconds{0.5},
         .bound = Seconds{2}},
        {.at = noon, .lost = true, .value = {}, .delay = {}, .bound = {}},
        {.at = noon,
         .lost = false,
         .value = Seconds{-2},
         .delay = Seconds{0.25},
         .bound = Seconds{3}},
        {.at = noon, .lost = false, .value = {}, .delay = Seconds{1}, .bound = {}}};
    const RolledRow row = roll_up(noon, "ntp1", polls);
    CHECK(row.at == noon);
    CHECK(row.server == "ntp1");
    CHECK(row.count == 3);
    CHECK(row.lost == 1);
    CHECK(row.least == Seconds{-2});
    CHECK(row.mean == Seconds{1});
    CHECK(row.median == Seconds{1});
    CHECK(row.most == Seconds{4});
    CHECK(row.p95->count() == doctest::Approx(3.7));
    CHECK(row.delay_least == Seconds{0.25});
    CHECK(row.delay_median == Seconds{0.5});
    CHECK(row.bound_most == Seconds{3});
}

TEST_CASE("nothing but lost polls has no statistics") {
    const std::vector<Polled> polls{
        {.at = noon, .lost = true, .value = {}, .delay = {}, .bound = {}}};
    const RolledRow row = roll_up(noon, "ntp1", polls);
    CHECK(row.lost == 1);
    CHECK_FALSE(row.mean);
    CHECK_FALSE(row.p99);
    CHECK_FALSE(row.delay_median);
}

TEST_CASE("stretches are those of UTC, before 1970 as after") {
    CHECK(beginning_of(Resolution::hour, noon + 59min + 59s) == noon);
    CHECK(beginning_of(Resolution::day, noon) == noon - 12h);
    CHECK(beginning_of(Resolution::minute, WallTime(-1ns)) == WallTime(-1min));
    CHECK(length_of(Resolution::day) == Seconds{86400});
}
