#include "app/transaction.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace clockwright::app;

TEST_CASE("a daemon's burst begins 32 s after our last packet to a public server") {
    constexpr WallTime noon{std::chrono::seconds(1'800'000'000)};
    const auto spent = [&](std::chrono::seconds age) {
        return ntp::Spent{*parse_address("198.51.100.7"), noon - age - std::chrono::seconds(6),
                          noon - age, 4};
    };
    using std::chrono::seconds;
    CHECK(rest_after({}, noon) == Seconds{0});
    CHECK(rest_after({spent(seconds(4))}, noon) == Seconds{28});
    CHECK(rest_after({spent(seconds(30)), spent(seconds(10)), spent(seconds(90))}, noon) ==
          Seconds{22});
    CHECK(rest_after({spent(seconds(32))}, noon) == Seconds{0});
    CHECK(rest_after({spent(seconds(-3600))}, noon) == Seconds{0});
}
