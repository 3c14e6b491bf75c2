/// How much the rate of this clock's oscillator changes while nobody looks: what holdover costs.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "time/units.h"

namespace clockwright {

/// This clock at one moment: what its daemon said it was off by, and corrected its rate by.
struct SteeredLook {
    WallTime at;
    Seconds offset{};
    Ppm frequency;
};

/// What a daemon corrected the rate by, at one moment.
struct FrequencyPoint {
    WallTime at;
    Ppm frequency;
};

/// One point for each update: a look at the very same rate tells nothing new of the oscillator.
std::vector<FrequencyPoint> updates_of(std::span<const SteeredLook> looks);

/// The 99th percentile of how far the frequency is from itself `lag` later, or after a shorter time
/// where that is more (a day later the sun has taken it back), widened by 1 + 2/√n for the n
/// stretches of a lag's length that the record really has. A lag below half an hour counts as that:
/// the daemon itself knows the rate no later. Points in order of time; a pair is taken where
/// another point lies within a tenth of the lag of its end, so gaps make none. Empty: the record is
/// shorter than twenty lags, or has fewer than a hundred pairs.
std::optional<Ppm> wander(std::span<const FrequencyPoint> record, Seconds lag);

}  // namespace clockwright
