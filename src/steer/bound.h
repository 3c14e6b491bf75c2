/// "UTC is within ±X of this clock, because …": the maximum error and its terms (rules D-1 … D-5).
#pragma once

#include <optional>

#include "time/units.h"

namespace clockwright {

/// What a crystal that nobody corrects may be off by; MAXFREQ (RFC 5905 §A.1.1) is five times that.
inline constexpr Ppm undisciplined{100};
/// What adjtime(3) slews a clock by on Linux.
inline constexpr Ppm slewing{500};

/// E = |offset| + root dispersion + root delay/2 + growth (rule D-3), at the time of reading. It is
/// never less than half the root delay: what is asymmetric about a path nobody sees (rule M-3).
struct ErrorBound {
    Seconds offset{};  ///< of the host, from the daemon; > 0: the clock is slow
    Seconds root_dispersion{};
    Seconds root_delay{};
    Seconds growth{};  ///< since the daemon's last update, beyond what its own dispersion tells
    Ppm drift{};       ///< the free run that holds under; 0: the daemon steers

    Seconds total() const;
};

/// What a daemon says of the clock it steers, at one moment.
struct DaemonReading {
    Seconds offset{}, root_dispersion{}, root_delay{};
    Seconds age{};  ///< of its last update
    /// What its own dispersion has grown by since; empty: it stands still.
    std::optional<Ppm> grows;
    bool holdover = false;  ///< the last update is older than three polls, or nobody is followed
};

/// While sources are followed, what the daemon says, with PHI since the update where its dispersion
/// stands still. In holdover the clock is taken to run away by the largest of: the daemon's own
/// growth; `wander`, the 99th percentile of our record for that age; without a record PHI.
ErrorBound bound_of(const DaemonReading& reading, std::optional<Ppm> wander);

/// Free run at `rate` for `elapsed` (rule D-5).
Seconds growth(Seconds elapsed, Ppm rate = Ppm{phi * 1e6});

}  // namespace clockwright
