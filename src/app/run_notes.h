/// What a person should know of a run as a whole.
#pragma once

#include <string>
#include <vector>

#include "app/judgement.h"

namespace clockwright::app {

/// Chosen servers with one upstream; many names of one address (H-15); how the delay of the chosen
/// set compares with that of the present one.
std::vector<std::string> run_notes(const Judged& judged);

}  // namespace clockwright::app
