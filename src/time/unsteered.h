/// The wall clock beside the oscillator as it runs by itself.
#pragma once

#include "time/units.h"

namespace clockwright {

/// The steady clock is slewed together with the wall clock; against this one a slew shows.
struct UnsteeredReading {
    WallTime wall;
    std::chrono::nanoseconds raw{};  ///< since any origin, not counting sleep
};

}  // namespace clockwright
