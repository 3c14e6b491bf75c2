/// One generated world, scanned with the real poller, judged, and lived in afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "judge/selection.h"
#include "lab/generated_worlds.h"
#include "tests/world/client_model.h"

namespace clockwright::worlds {

struct Trial {
    lab::GeneratedWorld made;
    std::vector<Candidate> candidates;  ///< as measured
    Selection selection;
    Polls polls;                     ///< of the two hours after the scan
    std::vector<ClockError> errors;  ///< by strategy
};

/// The scan a stranger may have: four probes 2 s apart. Then `polls` polls, 64 s apart.
Trial run_trial(std::uint64_t seed, const lab::Harshness& harshness = {}, int polls = 110);

/// Candidates of a world, with the series that a rehearsal gave.
std::vector<Candidate> candidates_of(const lab::World& world, const std::vector<Series>& series);

struct Score {
    std::string strategy;
    Seconds median{}, worst{};  ///< of the RMS errors
    int over_10_ms = 0;         ///< worlds
    double ratio = 1;           ///< geometric mean of the paired ratios to the first strategy
    double ratio_low = 1, ratio_high = 1;  ///< its 95 % interval
};

std::vector<Score> scores_of(const std::vector<Trial>& trials);

}  // namespace clockwright::worlds
