#include "watch/notice_limit.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

TEST_CASE("so many go within an hour, and the next one when the first is an hour old") {
    NoticeLimit limit;
    const SteadyTime start{1000s};
    for (int i = 0; i < 3; ++i) {
        CHECK(limit.next({.an_hour = 3}, start + i * 1min) == start + i * 1min);
        limit.count(start + i * 1min);
    }
    CHECK(limit.next({.an_hour = 3}, start + 3min) == start + 1h);
    CHECK(limit.next({.an_hour = 3}, start + 1h - 1ns) == start + 1h);
    CHECK(limit.next({.an_hour = 3}, start + 1h) == start + 1h);
    limit.count(start + 1h);
    CHECK(limit.next({.an_hour = 3}, start + 1h) == start + 1h + 1min);
}

TEST_CASE("a limit that was lowered waits until few enough count, and 0 is none") {
    NoticeLimit limit;
    const SteadyTime start{1000s};
    for (int i = 0; i < 5; ++i) limit.count(start + i * 1min);
    CHECK(limit.next({.an_hour = 2}, start + 5min) == start + 3min + 1h);
    CHECK(limit.next({}, start + 5min) == start + 5min);
}

TEST_CASE("the limit of a minute holds beside that of an hour") {
    NoticeLimit limit;
    const NoticeRate most{.an_hour = 30, .a_minute = 2};
    const SteadyTime start{1000s};
    limit.count(start);
    CHECK(limit.next(most, start) == start);
    limit.count(start + 1s);
    CHECK(limit.next(most, start + 2s) == start + 1min);
    CHECK(limit.next(most, start + 1min) == start + 1min);
    CHECK(limit.next(most, start + 5min) == start + 5min);
    CHECK(limit.next({.an_hour = 2, .a_minute = 2}, start + 5min) == start + 1h);
}
