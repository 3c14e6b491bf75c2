#include "system/kernel_clock.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace clockwright;

TEST_CASE("the kernel's clock is read without any right, and its frequency is within its limits") {
    const auto clock = system::read_kernel_clock();
    if (!clock) return;  // a sandbox may refuse even that
    CHECK(std::abs(clock->frequency.value) <= 500.0);
    CHECK(clock->later_frequency == clock->frequency);
    CHECK(clock->apart == Seconds{0});
}
