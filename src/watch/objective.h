/// "Within 50 ms, 99.9 % of the time": aims for a clock, held against its record.
#pragma once

#include <string>
#include <vector>

#include "watch/period_summary.h"
#include "watch/promptness.h"

namespace clockwright {

enum class ObjectiveAnswer { met, missed, unknown };

struct Objective {
    std::string name;  ///< "offset_mean_10ms"
    std::string aim;   ///< for people: "mean |offset| below 10 ms"
};

struct ObjectiveResult {
    Objective objective;
    ObjectiveAnswer answer = ObjectiveAnswer::unknown;
    std::string measured;  ///< for people: "1.2 ms"; "-" when nothing is known
};

/// All presets, in one order. An aim for all of a period is never called met when less than nine
/// tenths of it are recorded, or one for the clock's error when less than that is demonstrated
/// (rule P-1); one that was missed in what is recorded is missed.
std::vector<ObjectiveResult> hold_to_objectives(const PeriodSummary& summary,
                                                const SourceQuality& sources,
                                                const Promptness& promptness);

/// What Promptness of an objective is about.
inline constexpr Seconds far_off{5};

}  // namespace clockwright
