/// One decision for an agent that may not make it.
#pragma once

#include "app/verbs.h"
#include "result.h"

namespace clockwright::app {

/// Scans, plans, and applies or keeps the plan, with the agent's restraint (watch/replacement.h)
/// and a memory of its own; leaves what it came to where the agent looks. What `agent --once` does.
Result<int> decide_once(const Context& context);

}  // namespace clockwright::app
