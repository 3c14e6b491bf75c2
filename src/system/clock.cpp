#include "system/clock.h"

#include <time.h>

#include <algorithm>
#include <cmath>

namespace clockwright::system {

namespace {

std::chrono::nanoseconds read(clockid_t clock) {
    timespec at{};
    ::clock_gettime(clock, &at);
    return std::chrono::seconds{at.tv_sec} + std::chrono::nanoseconds{at.tv_nsec};
}

/// One clock at the moment of another.
struct Pair {
    std::chrono::nanoseconds one{}, other{};
};

/// One clock is read between two readings of the other. Whatever holds us up in between would look
/// like a step of it, so the narrowest of a few attempts counts.
Pair read_together(clockid_t one, clockid_t other) {
    constexpr std::chrono::microseconds undisturbed{20};
    constexpr int attempts = 4;
    Pair narrowest;
    auto width = std::chrono::nanoseconds::max();
    for (int attempt = 0; attempt < attempts && width > undisturbed; ++attempt) {
        const auto before = read(other);
        const auto between = read(one);
        const auto after = read(other);
        if (after - before >= width) continue;
        width = after - before;
        narrowest = {between, before + width / 2};
    }
    return narrowest;
}

}  // namespace

WallTime read_wall_clock() {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

Now read_clocks() {
    const Pair read = read_together(CLOCK_REALTIME, CLOCK_MONOTONIC);
    return {WallTime{read.one}, SteadyTime{read.other}};
}

UnsteeredReading read_unsteered() {
    const Pair read = read_together(CLOCK_REALTIME, CLOCK_MONOTONIC_RAW);
    return {WallTime{read.one}, read.other};
}

Seconds time_asleep() {
    const Pair read = read_together(CLOCK_BOOTTIME, CLOCK_MONOTONIC);
    return read.one - read.other;
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
