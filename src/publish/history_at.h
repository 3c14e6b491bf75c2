/// What the record says of this clock at one past instant: with its neighbours, or why not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "publish/history.h"

namespace clockwright {

/// A change of the daemon's configuration that was applied.
struct ConfigurationChange {
    std::string id;
    WallTime since;
};

/// What is known around the instant asked for; each list in order of time.
struct AtFacts {
    WallTime at;
    std::vector<ClockRow> looks;    ///< at the clock, on both sides
    std::vector<EventRow> events;   ///< of a day before and after it
    std::optional<RolledRow> hour;  ///< when its raw rows are gone: the hour it lies in
    std::vector<ConfigurationChange> changes;
};

/// Nothing measured between these two; empty: before all, or after all.
struct Gap {
    std::optional<WallTime> from, to;
    std::string reason;  ///< "host suspended"; empty: the record does not tell
};

struct AtAnswer {
    WallTime at;
    bool demonstrated = false;
    std::optional<Seconds> offset, bound;
    std::optional<ClockRow> before, after;  ///< the neighbours; before ≤ at < after
    std::optional<Gap> gap;
    bool by_the_hour = false;  ///< from a roll-up: the raw rows are gone
    int looks_of_hour = 0;     ///< … which is made of so many
    std::vector<EventRow> steps;
    std::optional<ConfigurationChange> configuration;
    std::string why_not;  ///< "no sample between …"; empty: demonstrated
};

/// Between two looks this clock is where both of them allow: each within its bound, 15 ppm of drift
/// (`least_drift` where that is more) for the time between, and all that the clock was slewed or
/// stepped by from one to the other, since nobody knows when. A gap is more than three times the
/// usual distance of two looks.
AtAnswer answer_at(const AtFacts& facts);

std::string at_text(const AtAnswer& answer);
std::string at_json(const AtAnswer& answer);

}  // namespace clockwright
