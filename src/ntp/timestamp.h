/// NTP timestamps: 32.32 fixed point with eras, and the 16.16 short format (RFC 5905 §6).
#pragma once

#include <cstdint>

#include "time/units.h"

namespace clockwright::ntp {

/// Seconds since 1900-01-01 modulo 2^32 and a binary fraction; 0 means "unknown".
struct Timestamp {
    std::uint64_t bits = 0;

    bool is_zero() const { return bits == 0; }
    friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

/// Of any era; the fraction is rounded to the nearest 2^-32 s. Never gives 0.
Timestamp to_timestamp(WallTime instant);

/// The instant within 68 years of `pivot`, so that era 1 (2036-02-07) and later just work.
WallTime to_wall_time(Timestamp timestamp, WallTime pivot);

/// later − earlier as a signed 64-bit difference: right across an era roll-over when both lie
/// within 68 years of each other (rule M-1).
Seconds difference(Timestamp later, Timestamp earlier);

/// 16.16 seconds, unsigned.
struct ShortTime {
    std::uint32_t bits = 0;
    friend auto operator<=>(const ShortTime&, const ShortTime&) = default;
};

ShortTime to_short(Seconds interval);  ///< clamped to [0, 65536 s)
Seconds to_seconds(ShortTime interval);

}  // namespace clockwright::ntp
