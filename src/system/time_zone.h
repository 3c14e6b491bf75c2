/// The time zone this machine is set to: a hint where it stands, nothing more.
#pragma once

#include <string>

#include "time/units.h"

namespace clockwright::system {

/// "Europe/Zurich"; empty when it cannot be told.
std::string time_zone();

/// Local time less UTC, now.
Seconds zone_offset();

/// Weekday (0 Sunday … 6) and minute of the day in local time, for maintenance windows.
struct LocalMoment {
    int weekday = 0;
    int minute = 0;
};
LocalMoment local_moment();

}  // namespace clockwright::system
