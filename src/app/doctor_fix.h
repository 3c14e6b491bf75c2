/// `doctor --fix`: what commands alone can cure, each with consent.
#pragma once

#include <vector>

#include "daemon/finding.h"
#include "result.h"

namespace clockwright::app {

/// Fault::usage without a terminal to ask on, Fault::not_permitted without root.
Result<void> may_fix();

/// Shows each finding that has commands, asks, and runs them in order; those behind a command that
/// fails are left. True: something was run to its end, and a new look must tell what is cured.
bool fix(const std::vector<Finding>& findings);

}  // namespace clockwright::app
