/// How long a look at the clock speaks for it, and how wide its bound has grown by then.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "watch/record.h"

namespace clockwright {

struct Period {
    WallTime from, to;  ///< from ≤ t < to
    Seconds length() const { return to - from; }
};

/// A look and the time it speaks for.
struct HeldLook {
    const ClockRow* look = nullptr;
    Period period;  ///< within the one asked for
    /// E of a demonstrated look at the end of that, grown by drift since it was made (rule D-3).
    std::optional<Seconds> bound;
};

struct HeldLooks {
    std::vector<HeldLook> looks;  ///< in order, none in the time of another
    Ppm drift;                    ///< what bounds grow by while nobody looks; in holdover PHI
    bool drift_recorded = false;  ///< by this record; else PHI, for want of one
};

/// What this clock may stray by from one look to the next at least, whatever the record shows: one
/// that nobody steers, or that OpenNTPD slews to servers that are not those it is bounded by.
Ppm least_drift(const ClockRow& look);

/// A look holds until the next one, no longer than three times the usual distance of the looks
/// about it, and an hour at most: two cycles of the agent's laziest mode. `looks` are in order of
/// time; those that speak for nothing in the period are left out.
HeldLooks hold(std::span<const ClockRow> looks, const Period& period);

/// What this clock was off by at least while it was demonstrated: as its daemon says, or more where
/// the agent's own quorum is sure of more. Of a clock that is not, what the quorum is sure of.
/// Empty: nobody is sure of anything.
std::optional<Seconds> least_error(const ClockRow& look);

}  // namespace clockwright
