/// A plan, its outcome and the list of changes, as text and as JSON.
#pragma once

#include <string>
#include <vector>

#include "daemon/apply.h"
#include "daemon/plan.h"

namespace clockwright {

/// The keys of the contract (product.md, *Data on the outside*). `unfinished`: a change that a
/// crash left, in words; it stands before the reason.
std::string plan_json(const Plan& plan, const std::string& unfinished = {});
/// `timer`: the unit that judges it once more; empty: none.
std::string apply_json(const Plan& plan, const Outcome& outcome, const std::string& id,
                       const std::string& timer);

/// Conclusion first, then the diff, the hosts and notes.
std::string plan_text(const Plan& plan, bool explain);

/// "Plan a0e9ef: 4 to add, 0 to remove, 3 to keep. Expected error …": one line.
std::string plan_summary(const Plan& plan);

/// One line of `rollback` without an id.
struct ChangeLine {
    std::string id, at, daemon, reason, outcome;
};
std::string changes_json(const std::vector<ChangeLine>& changes);
std::string changes_text(const std::vector<ChangeLine>& changes);
std::string rollback_json(const Outcome& outcome, const std::string& id);

/// A verb that could not answer: {"clockwright": …, "error": message}.
std::string error_json(const std::string& message);

}  // namespace clockwright
