/// `sync`: what was decided about this clock, what was done, and how that was proved.
#pragma once

#include <optional>
#include <string>

#include "steer/correction.h"

namespace clockwright {

struct SyncReport {
    std::string daemon;
    std::optional<ClockEvidence> evidence;
    Correction decision;
    /// Empty: nothing was done, because there is nothing to do, nothing may be done, or this is a
    /// dry run.
    std::optional<CorrectionOutcome> outcome;
    Seconds moved{}, took{};  ///< with an outcome only
};

/// Whether the decision is one to be carried out.
bool is_due(const Correction& decision);

/// `{"daemon", "action", "reason", "outcome", "verified", "offset_seconds", "bound_seconds",
/// "agreeing", "independent", "moved_seconds", "took_seconds"}`; outcomes are those of `apply`, and
/// "planned" for what a dry run would do.
std::string sync_json(const SyncReport& report);
std::string sync_text(const SyncReport& report);

}  // namespace clockwright
