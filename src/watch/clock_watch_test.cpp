#include "watch/clock_watch.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

/// So long after the start, with the wall clock moved and the host asleep by so much.
Moment moment(std::chrono::nanoseconds elapsed, std::chrono::nanoseconds moved = 0s,
              std::chrono::nanoseconds slept = 0s) {
    return {{WallTime{1'700'000'000s} + elapsed + moved + slept, SteadyTime{1000s} + elapsed},
            Seconds(slept)};
}

}  // namespace

TEST_CASE("a clock that goes on as it should was not moved") {
    ClockWatch watch(moment(0s));
    const ClockMove move = watch.look(moment(64s));
    CHECK_FALSE(move.slept);
    CHECK_FALSE(move.stepped);
}

TEST_CASE("a step is told with its sign, once") {
    ClockWatch watch(moment(0s));
    CHECK(watch.look(moment(1s, -5s)).stepped == Seconds(-5s));
    CHECK_FALSE(watch.look(moment(2s, -5s)).stepped);
}

TEST_CASE(
    "a step of a millisecond is told however long nobody looked, what readings differ by is not") {
    ClockWatch watch(moment(0s));
    CHECK(watch.look(moment(30min, 1ms)).stepped == Seconds(1ms));
    CHECK_FALSE(watch.look(moment(60min, 1'400us)).stepped);
}

TEST_CASE("a suspension is none of the steady clock's, and no step") {
    ClockWatch watch(moment(0s));
    const ClockMove move = watch.look(moment(10s, 0s, 22min));
    CHECK(move.slept == Seconds(22min));
    CHECK_FALSE(move.stepped);
}
