#include "watch/watchdog.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

constexpr DaemonLife alive{true, true, true}, gone{false, false, true}, mute{true, false, true};

/// Looks every minute for `minutes`; how often each order came.
struct Orders {
    int restarts = 0, gave_up = 0;
};

Orders look(Watchdog& dog, SteadyTime& now, const DaemonLife& life, int minutes) {
    Orders orders;
    for (int i = 0; i < minutes; ++i) {
        now += 1min;
        const auto order = dog.look(life, now);
        orders.restarts += order == Watchdog::Order::restart ? 1 : 0;
        orders.gave_up += order == Watchdog::Order::give_up ? 1 : 0;
    }
    return orders;
}

}  // namespace

TEST_CASE("a daemon that died is started again after three minutes, and not before") {
    Watchdog dog;
    SteadyTime now{};
    look(dog, now, alive, 5);
    CHECK(look(dog, now, gone, 3).restarts == 0);
    CHECK(look(dog, now, gone, 1).restarts == 1);
}

TEST_CASE("a daemon that hangs counts as dead") {
    Watchdog dog;
    SteadyTime now{};
    look(dog, now, alive, 1);
    CHECK(look(dog, now, mute, 5).restarts == 1);
}

TEST_CASE("a daemon that never ran was stopped by somebody and is left alone") {
    Watchdog dog;
    SteadyTime now{};
    CHECK(look(dog, now, gone, 600).restarts == 0);
}

TEST_CASE("restarts that do not help are three, then the watchdog gives up and says so once") {
    Watchdog dog;
    SteadyTime now{};
    look(dog, now, alive, 1);
    const Orders orders = look(dog, now, gone, 300);
    CHECK(orders.restarts == 3);
    CHECK(orders.gave_up == 1);
}

TEST_CASE("a daemon that lives again is judged anew, but the cap remembers") {
    Watchdog dog;
    SteadyTime now{};
    look(dog, now, alive, 1);
    for (int i = 0; i < 3; ++i) {
        CHECK(look(dog, now, gone, 30).restarts >= 1);
        look(dog, now, alive, 1);
        if (dog.restarts() == 3) break;
    }
    CHECK(dog.restarts() == 3);
    CHECK(look(dog, now, gone, 60).restarts == 0);
}

TEST_CASE("what we are not permitted to see is not dead") {
    Watchdog dog;
    SteadyTime now{};
    look(dog, now, alive, 1);
    CHECK(look(dog, now, {false, false, false}, 60).restarts == 0);
}
