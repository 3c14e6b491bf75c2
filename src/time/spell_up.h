/// Ages as text, rounded up: for what speaks against a clock.
#pragma once

#include <string>

#include "time/units.h"

namespace clockwright {

/// As `spell_age`, and never less than it is: 119.2 s are 2 min.
std::string spell_age_up(Seconds age);

}  // namespace clockwright
