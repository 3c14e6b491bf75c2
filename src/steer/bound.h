/// "UTC is within ±X of this clock, because …": the maximum error and its terms (rules D-1 … D-5).
#pragma once

#include "time/units.h"

namespace clockwright {

/// E = |offset| + root dispersion + root delay/2 (rule D-3), at the time of reading.
struct ErrorBound {
    Seconds offset{};  ///< of the host, from the daemon; > 0: the clock is slow
    Seconds root_dispersion{};
    Seconds root_delay{};
    Seconds growth{};  ///< since the daemon's last update, when its own growth has stopped

    Seconds total() const;
};

/// Free run at `rate` for `elapsed` (rule D-5).
Seconds growth(Seconds elapsed, double rate = phi);

}  // namespace clockwright
