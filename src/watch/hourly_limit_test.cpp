#include "watch/hourly_limit.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

TEST_CASE("so many go within an hour, and the next one when the first is an hour old") {
    HourlyLimit limit;
    const SteadyTime start{1000s};
    for (int i = 0; i < 3; ++i) {
        CHECK(limit.next(3, start + i * 1min) == start + i * 1min);
        limit.count(start + i * 1min);
    }
    CHECK(limit.next(3, start + 3min) == start + 1h);
    CHECK(limit.next(3, start + 1h - 1ns) == start + 1h);
    CHECK(limit.next(3, start + 1h) == start + 1h);
    limit.count(start + 1h);
    CHECK(limit.next(3, start + 1h) == start + 1h + 1min);
}

TEST_CASE("a limit that was lowered waits until few enough count, and 0 is none") {
    HourlyLimit limit;
    const SteadyTime start{1000s};
    for (int i = 0; i < 5; ++i) limit.count(start + i * 1min);
    CHECK(limit.next(2, start + 5min) == start + 3min + 1h);
    CHECK(limit.next(0, start + 5min) == start + 5min);
}
