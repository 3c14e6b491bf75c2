/// `drift`: how far off this clock is by what servers say, how its oscillator runs, and how long it
/// would stay right alone.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "judge/selection.h"
#include "steer/distribution.h"
#include "steer/free_run.h"
#include "steer/stability.h"
#include "steer/trend.h"

namespace clockwright {

struct DriftReport {
    WallTime measured_at;
    int samples = 0;               ///< valid ones
    int servers = 0;               ///< that gave one at least
    Consensus consensus;           ///< as `clock_consensus` has it
    std::optional<Ppm> frequency;  ///< what the rate is corrected by now; empty: nobody tells
    std::string frequency_from;    ///< "chronyd", "the kernel"
    std::vector<FrequencyPoint> record;
    std::vector<SteeredLook> looks;  ///< demonstrated ones; what `-v` is about
};

/// One line, so that a file of them is a record: the contract's keys (product.md), with null for
/// what is not demonstrated or has no record, and "trend", "wander_ppm", "forecast", "alarms".
std::string drift_json(const DriftReport& report);

/// `details`: how the offsets are spread, and the stability of the oscillator by length of time.
std::string drift_text(const DriftReport& report, bool details);

/// Alarms by rule T-8, each a sentence: a rate beyond what crystals do, or one that jumped.
std::vector<std::string> rate_alarms(const DriftReport& report);

}  // namespace clockwright
