/// How soon people were told of a clock that was far off.
#pragma once

#include <optional>
#include <span>

#include "watch/record.h"

namespace clockwright {

struct Promptness {
    int times = 0;   ///< the clock came to be far off, or was so from the beginning
    int untold = 0;  ///< … and was right again, or the record ends, before an alert of it fired
    std::optional<Seconds> slowest;  ///< from the first look that showed it to the alert
};

/// Far off: `far` or more, by the daemon or by the agent's own quorum. An alert about this clock
/// that was open already counts as told at once, so alerts may go back further than looks. Both in
/// order of time.
Promptness promptness_of(std::span<const ClockRow> looks, std::span<const AlertRow> alerts,
                         Seconds far);

}  // namespace clockwright
