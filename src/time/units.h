/// Seconds, Ppm and the two kinds of instant: the words every room uses for time.
///
/// Sign, everywhere in this program: every error is written as the correction that cures it.
/// An offset is what must be *added* to the local clock; a frequency > 0 means "speed up".
#pragma once

#include <chrono>

namespace clockwright {

/// An interval. Instants are exact integers; their difference widens to this by itself.
using Seconds = std::chrono::duration<double>;

/// A frequency correction in parts per million; > 0 speeds the local clock up.
struct Ppm {
    double value = 0;

    friend auto operator<=>(const Ppm&, const Ppm&) = default;
};

/// An instant of the wall clock (Unix time, UTC): may jump.
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// An instant that only ever goes forward; its origin means nothing. Ages and waits use this.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

/// Both clocks, read at one moment. Decisions take it as an argument and never read a clock.
struct Now {
    WallTime wall;
    SteadyTime steady;

    friend bool operator==(const Now&, const Now&) = default;
};

/// PHI of RFC 5905: the frequency tolerance every dispersion grows with, 15 ppm.
inline constexpr double phi = 15e-6;

/// The way back from Seconds to the integer nanoseconds an instant can be moved by.
inline std::chrono::nanoseconds to_nanoseconds(Seconds interval) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(interval);
}

}  // namespace clockwright
