/// A record of a clock over a period in a few numbers, day by day: what a report is made from.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "steer/distribution.h"
#include "watch/compliance.h"
#include "watch/record.h"

namespace clockwright {

/// Looks of one day (UTC) within the period; seconds. Means are over time, not over looks: each
/// counts for as long as it speaks for the clock.
struct ClockDay {
    WallTime at;  ///< its midnight
    int looks = 0, demonstrated = 0;
    std::optional<Distribution> offsets;  ///< of `least_error`
    std::optional<Distribution> bounds;   ///< of demonstrated looks, at the end of their time
};

struct PeriodSummary {
    Period period;
    Seconds demonstrated{}, not_demonstrated{}, unrecorded{};  ///< together the period
    std::optional<Distribution> offsets, bounds;               ///< as those of a day
    std::vector<ClockDay> days;                                ///< with looks
    std::vector<Period> outages;  ///< recorded, and nothing demonstrated
    /// One of them begins or ends where the record or the period does: it may have been longer.
    bool outage_cut = false;
    std::optional<Seconds> longest_outage() const;
    double coverage() const;            ///< share of the period that looks cover
    double demonstrated_share() const;  ///< … in which the clock was demonstrated
    /// Share of what is recorded in which the clock was demonstrated; 0 without looks.
    double synchronised() const;
};

/// Looks hold as `hold` says.
PeriodSummary summarise(std::span<const ClockRow> looks, const Period& period);

/// What the servers were like that the clock followed; of all that were asked when none is known to
/// be followed.
struct SourceQuality {
    int polls = 0, answered = 0;
    std::optional<int> worst_stratum;
    std::optional<Seconds> jitter;  ///< median over servers of |offset − the one before|
    bool losses_known = true;       ///< false: a daemon that does not tell them was followed
};
/// `looks` tell which daemon it was.
SourceQuality quality_of(std::span<const SampleRow> samples, std::span<const ClockRow> looks);

}  // namespace clockwright
