#include "system/host_clock.h"

#include <doctest/doctest.h>

#include <cmath>

#include "system/clock_rights.h"

namespace clockwright::system {
namespace {

// Steering is never tried here, not even to be refused: nothing in a test may set this clock.
TEST_CASE("how the kernel corrects the clock is read without a right") {
    const auto setting = KernelHostClock{}.read();
    REQUIRE(setting);
    CHECK(std::abs(setting->frequency.value) <= 500);
    CHECK(std::abs(setting->outstanding.count()) < 2200);
}

}  // namespace
}  // namespace clockwright::system
