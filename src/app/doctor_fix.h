/// `doctor --fix`: what commands alone can cure, each with consent.
#pragma once

#include <vector>

#include "daemon/finding.h"
#include "result.h"

namespace clockwright::app {

/// Fault::usage without a terminal to ask on, Fault::not_permitted without root.
Result<void> may_fix();

/// Shows each finding that has commands, asks, and runs them in order; those behind a command that
/// fails are left. How many findings were seen to: whether they are cured, a new look must tell.
int fix(const std::vector<Finding>& findings);

}  // namespace clockwright::app
