/// What people are told of a change of time servers: it was made, taken back, failed, or waits.
#pragma once

#include <optional>
#include <string>

#include "daemon/apply.h"
#include "daemon/plan.h"
#include "publish/snapshot.h"
#include "watch/alert.h"

namespace clockwright {

/// What is known when a change is over.
struct ChangeFacts {
    const Plan& plan;
    const Outcome& outcome;
    std::string id;                       ///< of its record
    std::string by;                       ///< "root"; empty: not known
    std::string reason;                   ///< as the user gave it; empty: the plan's is told
    const DaemonState* before = nullptr;  ///< null: the daemon did not tell
    const DaemonState* after = nullptr;   ///< the same
    WallTime at;
};

/// Old and new servers with what the daemon says of each, why, and what came of it. Empty when
/// nothing was touched.
std::optional<Alert> change_notice(const ChangeFacts& facts);

/// A plan that waits for a person.
Alert proposal_notice(const Proposal& plan);

}  // namespace clockwright
