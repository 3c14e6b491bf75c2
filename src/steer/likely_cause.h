/// What an error of this very size is likely to come from (rules H-36, H-37).
#pragma once

#include <string_view>

#include "time/units.h"

namespace clockwright {

/// "GPS time instead of UTC"; empty: nothing known is of that size. Either sign; within 10 ms.
std::string_view likely_cause(Seconds error);

}  // namespace clockwright
