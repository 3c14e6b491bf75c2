/// A record of a clock held against a limit over a period: how long it was within, beyond, or
/// nobody knows (rules P-1, P-5).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "steer/distribution.h"
#include "steer/standing.h"
#include "watch/held_look.h"
#include "watch/record.h"

namespace clockwright {

/// Time on end with one answer. `recorded` false: no look covers it.
struct StandingStretch {
    Period period;
    Standing standing = Standing::not_demonstrated;
    bool recorded = true;
    /// Of the looks in it, at the end of the time each speaks for; |offset|. Empty: none is known.
    std::optional<Seconds> most_bound = {}, most_offset = {};
};

struct ComplianceFinding {
    Period period;
    Seconds within{}, beyond{}, not_demonstrated{}, unrecorded{};  ///< together the period
    std::vector<StandingStretch> stretches;                        ///< all of the period, in order
    std::optional<Distribution> bounds;  ///< of the demonstrated looks, at the end of their time
    Ppm drift;                           ///< what they grow by till then
    bool drift_recorded = false;         ///< by this record; else PHI

    /// Share of the period that looks cover; below nine tenths nothing is concluded (P-1).
    double coverage() const;
    bool concluded() const { return coverage() >= 0.9; }
};

/// Looks hold as `hold` says. One is within the limit when its bound still is at the end of that
/// time, and beyond it when it is so for certain as it is made. The agent's own quorum may only
/// speak against: beyond when that is sure of it, and not demonstrated when it excludes what the
/// daemon says and does not exclude more than the limit.
ComplianceFinding hold_looks_to_limit(const HeldLooks& held, const Period& period, Seconds limit);
ComplianceFinding hold_to_limit(std::span<const ClockRow> looks, const Period& period,
                                Seconds limit);

}  // namespace clockwright
