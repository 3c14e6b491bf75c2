#include "app/loss_count.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

TEST_CASE("losses are told with their number at once, and those that follow once an hour") {
    app::LossCount losses;
    const SteadyTime start{1000s};
    CHECK(losses.to_tell(0, start) == 0);
    CHECK(losses.to_tell(3, start + 1s) == 3);
    CHECK(losses.to_tell(3, start + 2s) == 0);
    CHECK(losses.to_tell(8, start + 3s) == 0);
    CHECK(losses.to_tell(9, start + 1h) == 0);
    CHECK(losses.to_tell(9, start + 1h + 1s) == 6);
    CHECK(losses.to_tell(9, start + 9h) == 0);
    CHECK(losses.to_tell(10, start + 9h) == 1);
}
