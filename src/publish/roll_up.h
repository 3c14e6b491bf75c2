/// Many polls of one stretch of time as one row: how many, how far, how they are spread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "publish/history.h"

namespace clockwright {

std::string_view to_string(Resolution resolution);  ///< "minute", "hour", "day"
Seconds length_of(Resolution resolution);
/// Where the stretch begins that `at` lies in; stretches are those of UTC.
WallTime beginning_of(Resolution resolution, WallTime at);

/// One poll, or one look at this clock.
struct Polled {
    WallTime at;
    bool lost = false;
    std::optional<Seconds> value;  ///< a server's error; this clock's offset
    std::optional<Seconds> delay, bound;
};

/// `count` are the polls that were answered, `lost` the others; the statistics are of those
/// answered polls that have a value. Percentiles are exact.
RolledRow roll_up(WallTime at, std::string server, std::span<const Polled> polls);

}  // namespace clockwright
