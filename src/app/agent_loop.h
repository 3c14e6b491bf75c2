/// Runs the agent against this machine: one event loop, and workers for whatever may wait.
#pragma once

#include "app/verbs.h"

namespace clockwright::app {

/// Until a signal ends it. SIGHUP reads the configuration anew; a faulty one changes nothing.
Result<int> run_agent_loop(const Context& context);

}  // namespace clockwright::app
