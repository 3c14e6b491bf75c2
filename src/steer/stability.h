/// How steady an oscillator is over each length of time (NIST SP 1065): Allan deviation and its
/// kin.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "steer/wander.h"

namespace clockwright {

/// Of time errors, over τ. Empty: too few errors, or none without a gap.
struct Stability {
    Seconds tau{};
    std::optional<double> adev, mdev;   ///< a share of frequency: 1e-6 is 1 ppm
    std::optional<Seconds> tdev, mtie;  ///< of time
    std::size_t terms = 0;              ///< threes of errors without a gap that ADEV is made of
};

/// `errors`: time errors in seconds, `spacing` apart; not a number where one is missing, and a term
/// whose errors lie on both sides of it is left out. τ is `steps` spacings. Overlapping estimates.
Stability stability(std::span<const double> errors, Seconds spacing, std::size_t steps);

/// For τ of 1, 2, 4, … spacings, as long as five of them fit into the record.
std::vector<Stability> stabilities(std::span<const double> errors, Seconds spacing);

/// The time errors of the oscillator as if nobody had corrected it: offset and corrections added
/// up, every `spacing`. A look serves the moments within half a spacing of it; where there is none,
/// not a number, and the next stretch begins anew at its offset: nothing is made up across a gap.
std::vector<double> free_errors(std::span<const SteeredLook> looks, Seconds spacing);

}  // namespace clockwright
