/// Leap seconds: when they were, the next one that is known, and until when the table may be
/// believed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "time/units.h"

namespace clockwright {

/// From `at` on (the first second after the leap second) TAI − UTC has this value.
struct LeapStep {
    WallTime at{};
    int tai_minus_utc = 0;  ///< seconds

    friend bool operator==(const LeapStep&, const LeapStep&) = default;
};

struct LeapTable {
    std::vector<LeapStep> steps;  ///< ascending; never empty
    WallTime expires{};           ///< from then on nobody knows whether a leap second comes

    /// Empty before the first step (1972).
    std::optional<int> tai_minus_utc(WallTime now) const;
    /// The next step after `now`; empty: none is known, which says nothing when the table expired.
    std::optional<LeapStep> next(WallTime now) const;
    /// The end of a leap second no further than `distance` from `now`, before or after.
    std::optional<WallTime> leap_within(WallTime now, std::chrono::nanoseconds distance) const;
    /// The end of a June or December (rule L-1) no further than `distance` from `now` of which the
    /// table no longer tells whether it has a leap second.
    std::optional<WallTime> untold_within(WallTime now, std::chrono::nanoseconds distance) const;
    bool is_expired(WallTime now) const { return now >= expires; }

    friend bool operator==(const LeapTable&, const LeapTable&) = default;
};

/// A `leap-seconds.list` (IERS, NIST): lines "NTP-seconds TAI−UTC", "#@ NTP-seconds" expiry, "#$"
/// last update, "#h" SHA-1 in five words.
struct LeapList {
    LeapTable table;
    std::string hashed;  ///< the digits that its SHA-1 is made of
    std::string sha1;    ///< 40 hexadecimal digits as the file states them; empty: none stated
};

/// Fault::bad_input for what is no such list: no step, no expiry, steps that do not ascend or
/// change TAI − UTC by more than a second, or too many of them. Comments are passed over.
Result<LeapList> parse_leap_list(std::string_view text);

/// The `leapseconds` file of tzdata: "Leap 2016 Dec 31 23:59:60 + S", "#expires 1782604800".
Result<LeapTable> parse_tz_leapseconds(std::string_view text);

/// As of the IERS bulletin of July 2026: 27 leap seconds, the last before 2017; good until
/// 2026-12-28.
LeapTable known_leap_table();

}  // namespace clockwright
