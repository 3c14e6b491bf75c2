/// How the error of this clock would grow if nobody corrected it from now on.
#pragma once

#include <optional>
#include <span>

#include "steer/wander.h"

namespace clockwright {

/// An error that free run stays under, and what that presumes.
struct FreeRun {
    Seconds error{};
    Ppm rate;
    bool recorded = false;  ///< the rate is of the record; else PHI, for want of one
};

/// After `elapsed`, from an error of `now`.
FreeRun free_run(Seconds now, Seconds elapsed, std::span<const FrequencyPoint> record);

/// The longest of the lengths of time a quarter apart, from a minute on, that stay within `limit`,
/// and what is presumed; none when not even the first does.
struct Forecast {
    Seconds length{};
    bool recorded = false;
};
std::optional<Forecast> stays_within(Seconds limit, Seconds now,
                                     std::span<const FrequencyPoint> record);

}  // namespace clockwright
