#include "system/clock.h"

#include <doctest/doctest.h>

#include <cmath>

#include "steer/correction.h"

namespace clockwright::system {

TEST_CASE("the steady clock never goes back") {
    Now last = read_clocks();
    for (int i = 0; i < 1000; ++i) {
        const Now now = read_clocks();
        CHECK(now.steady >= last.steady);
        last = now;
    }
}

TEST_CASE("two clocks are read as of one moment, so that nothing looks like a step") {
    const Now first = read_clocks();
    const Seconds slept = time_asleep();
    for (int i = 0; i < 1000; ++i) {
        const Now now = read_clocks();
        const Seconds apart = (now.wall - first.wall) - (now.steady - first.steady);
        CHECK(std::abs(apart.count()) < 1e-3);
        CHECK(std::abs((time_asleep() - slept).count()) < 1e-3);
    }
}

TEST_CASE("the clock that nobody steers goes on with the others") {
    UnsteeredReading last = read_unsteered();
    for (int i = 0; i < 1000; ++i) {
        const UnsteeredReading now = read_unsteered();
        CHECK(now.raw >= last.raw);
        CHECK(std::abs(moved_between(last, now, Ppm{}).count()) < 1e-2);
        last = now;
    }
}

TEST_CASE("the precision of the clock is a power of two between 1 ns and 20 ms") {
    const double precision = clock_precision().count();
    CHECK(precision >= 1e-9 / 2);
    CHECK(precision <= 0.02);
    CHECK(std::exp2(std::round(std::log2(precision))) == doctest::Approx(precision));
}

}  // namespace clockwright::system
