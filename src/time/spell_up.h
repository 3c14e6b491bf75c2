/// Intervals as text, rounded up: for what speaks against a clock.
#pragma once

#include <string>

#include "time/units.h"

namespace clockwright {

/// As `spell_age`, and never less than it is: 119.2 s are 2 min.
std::string spell_age_up(Seconds age);

/// As `spell`, of an interval that is not negative, and never less than it is: 116.6 ms are 117 ms.
std::string spell_up(Seconds interval);

}  // namespace clockwright
