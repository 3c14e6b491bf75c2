#include "ntp/timestamp.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace clockwright::ntp {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t second = 1'000'000'000;         // in nanoseconds
constexpr std::int64_t unix_epoch = 2'208'988'800;     // seconds since 1900-01-01
constexpr std::uint64_t half_fraction = 0x8000'0000U;  // half a second in units of 2^-32 s
constexpr std::int64_t last_second = std::numeric_limits<std::int64_t>::max() / second - 1;

/// An instant as whole seconds since 1970 and the nanoseconds after them, 0 … 10^9 − 1.
struct Split {
    std::int64_t seconds;
    std::int64_t rest;
};

Split split(WallTime instant) {
    const std::int64_t count = instant.time_since_epoch().count();
    const std::int64_t rest = count % second;
    return rest < 0 ? Split{.seconds = count / second - 1, .rest = rest + second}
                    : Split{.seconds = count / second, .rest = rest};
}

}  // namespace

Timestamp to_timestamp(WallTime instant) {
    const auto [seconds, rest] = split(instant);
    const std::uint64_t fraction = ((static_cast<std::uint64_t>(rest) << 32U) + second / 2) /
                                   static_cast<std::uint64_t>(second);
    // A fraction that rounds up to a whole second carries over; the era is lost, as it must be.
    const std::uint64_t bits = (static_cast<std::uint64_t>(seconds + unix_epoch) << 32U) + fraction;
    return Timestamp{bits == 0 ? 1 : bits};
}

WallTime to_wall_time(Timestamp timestamp, WallTime pivot) {
    const std::int64_t pivot_seconds = split(pivot).seconds;
    const auto whole = static_cast<std::uint32_t>(timestamp.bits >> 32U);
    const std::uint64_t fraction = timestamp.bits & 0xffff'ffffU;
    const auto from_pivot =
        static_cast<std::int32_t>(whole - static_cast<std::uint32_t>(pivot_seconds + unix_epoch));
    // WallTime itself ends in 1677 and 2262: there the answer stays at the end.
    const std::int64_t seconds = std::clamp(pivot_seconds + from_pivot, -last_second, last_second);
    const auto rest = static_cast<std::int64_t>(
        (fraction * static_cast<std::uint64_t>(second) + half_fraction) >> 32U);
    return WallTime{nanoseconds{seconds * second + rest}};
}

Seconds difference(Timestamp later, Timestamp earlier) {
    return Seconds{static_cast<double>(static_cast<std::int64_t>(later.bits - earlier.bits)) *
                   0x1p-32};
}

ShortTime to_short(Seconds interval) {
    const double units = std::round(interval.count() * 0x1p16);
    constexpr double most = std::numeric_limits<std::uint32_t>::max();
    return ShortTime{static_cast<std::uint32_t>(std::clamp(units, 0.0, most))};
}

Seconds to_seconds(ShortTime interval) {
    return Seconds{static_cast<double>(interval.bits) * 0x1p-16};
}

}  // namespace clockwright::ntp
