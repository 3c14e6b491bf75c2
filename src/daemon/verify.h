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
    /// A line was dropped, an option is wrong, a source stayed: once the daemon has had its moment
    /// after the reload, no waiting mends it. The moment is the caller's, who has a steady clock.
    bool hopeless = false;
    std::vector<std::string> missing;  ///< each unmet condition in words
    int usable = 0;                    ///< sources with three samples and a selectable state
    std::string summary;  ///< "4 of 4 present, resolved, >= 3 samples each, none x/~/d"
};

/// All of product.md's *What counts as verified* for chrony; `reloaded_at`: wall time of the
/// reload.
Verification verify(const Expectation& expectation, const DaemonState& state,
                    const Baseline& baseline, WallTime reloaded_at);

/// Names the daemon lists, refclocks and what it found by itself left out, sorted, each once.
std::vector<std::string> listed_names(const DaemonState& state);

}  // namespace clockwright
