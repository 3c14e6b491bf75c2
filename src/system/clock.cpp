#include "system/clock.h"

#include <time.h>

#include <algorithm>
#include <cmath>

namespace clockwright::system {

namespace {

SteadyTime read_steady() {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now());
}

}  // namespace

WallTime read_wall_clock() {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

Now read_clocks() {
    // The wall clock is read between two steady readings. When something held us up in between,
    // the pair would look like a step of the wall clock, so it is read again.
    constexpr std::chrono::microseconds undisturbed{20};
    constexpr int attempts = 4;
    Now now;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const SteadyTime before = read_steady();
        now.wall = read_wall_clock();
        const SteadyTime after = read_steady();
        now.steady = before + (after - before) / 2;
        if (after - before <= undisturbed) {
            break;
        }
    }
    return now;
}

Seconds time_asleep() {
    timespec boot{}, awake{};
    if (::clock_gettime(CLOCK_BOOTTIME, &boot) != 0) return Seconds{0};
    ::clock_gettime(CLOCK_MONOTONIC, &awake);
    return Seconds{static_cast<double>(boot.tv_sec - awake.tv_sec) +
                   static_cast<double>(boot.tv_nsec - awake.tv_nsec) * 1e-9};
}

Seconds clock_precision() {
    constexpr int steps_wanted = 20;
    constexpr int readings_at_most = 10'000;
    std::chrono::nanoseconds smallest = std::chrono::seconds{1};
    WallTime last = read_wall_clock();
    for (int readings = 0, steps = 0; steps < steps_wanted && readings < readings_at_most;
         ++readings) {
        const WallTime now = read_wall_clock();
        if (now > last) {
            smallest = std::min(smallest, now - last);
            ++steps;
        }
        last = now;
    }
    return Seconds{std::exp2(std::ceil(std::log2(Seconds{smallest}.count())))};
}

}  // namespace clockwright::system
