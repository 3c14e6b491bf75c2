/// A record of a clock held against a limit over a period: how long it was within, beyond, or
/// nobody knows (rules P-1, P-5).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "steer/distribution.h"
#include "steer/standing.h"
#include "watch/record.h"

namespace clockwright {

struct Period {
    WallTime from, to;  ///< from ≤ t < to
    Seconds length() const { return to - from; }
};

/// Time on end with one answer. `recorded` false: no look covers it.
struct StandingStretch {
    Period period;
    Standing standing = Standing::not_demonstrated;
    bool recorded = true;
    Seconds most_bound{}, most_offset{};  ///< of the demonstrated looks in it; |offset|
};

struct ComplianceFinding {
    Period period;
    Seconds within{}, beyond{}, not_demonstrated{}, unrecorded{};  ///< together the period
    std::vector<StandingStretch> stretches;                        ///< all of the period, in order
    std::optional<Distribution> bounds;                            ///< of the demonstrated looks

    /// Share of the period that looks cover; below nine tenths nothing is concluded (P-1).
    double coverage() const;
    bool concluded() const { return coverage() >= 0.9; }
};

/// A look holds until the next one, and no longer than three times the usual distance of looks;
/// what is beyond that is not recorded. `looks` are in order of time; those outside the period but
/// the last before it are ignored.
ComplianceFinding hold_to_limit(std::span<const ClockRow> looks, const Period& period,
                                Seconds limit);

}  // namespace clockwright
