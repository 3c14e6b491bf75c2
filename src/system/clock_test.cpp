#include "system/clock.h"

#include <doctest/doctest.h>

#include <cmath>

namespace clockwright::system {

TEST_CASE("the steady clock never goes back") {
    Now last = read_clocks();
    for (int i = 0; i < 1000; ++i) {
        const Now now = read_clocks();
        CHECK(now.steady >= last.steady);
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
