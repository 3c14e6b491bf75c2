/// What a week was like, in a few sentences for people.
#pragma once

#include <vector>

#include "publish/history.h"
#include "watch/alert.h"

namespace clockwright {

/// What the record has of a week.
struct WeekFacts {
    WallTime from, to;
    std::vector<RolledRow> clock{};    ///< this clock's hours
    std::vector<RolledRow> servers{};  ///< those of each server
    std::vector<AlertRow> alerts{};
    std::vector<EventRow> events{};
};

/// Monday 06:00 UTC, at or before `now`: weeks are summed up then.
WallTime week_ends(WallTime now);

Alert week_summary(const WeekFacts& facts);

}  // namespace clockwright
