/// Measures and judges whom the command line means: its hosts, what this machine knows, a
/// recording.
#pragma once

#include "app/decision.h"
#include "app/discovery.h"
#include "app/verbs.h"

namespace clockwright::app {

/// Exactly the hosts of the command line, and with --internet the catalogue and a pool zone.
Result<Gathered> given_candidates(const Context& context);

/// A run that confirms nothing by itself. What it learns of the servers is remembered, but for a
/// replay, which asks nobody.
Result<Run> measured_run(const Context& context);

}  // namespace clockwright::app
