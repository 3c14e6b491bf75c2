/// Does the daemon do what the plan wanted? One question, one answer with what is missing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/plan.h"
#include "daemon/state.h"

namespace clockwright {

/// The daemon before the change, for comparison.
struct Baseline {
    DaemonState state;
};

struct Verification {
    bool holds = false;
    bool hopeless = false;             ///< no waiting can mend it (a line was dropped, a wrong option)
    std::vector<std::string> missing;  ///< each unmet condition in words
    int usable = 0;                    ///< sources with three samples and a selectable state
    std::string summary;               ///< "4 of 4 present, resolved, ≥ 3 samples each, none x/~/d"
};

/// All of product.md's *What counts as verified* for chrony; `reloaded_at`: wall time of the reload.
Verification verify(const Expectation& expectation, const DaemonState& state,
                    const Baseline& baseline, WallTime reloaded_at);

}  // namespace clockwright
