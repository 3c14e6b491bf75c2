/// Reads both clocks. The only place that does.
#pragma once

#include "time/units.h"

namespace clockwright::system {

Now read_clocks();

/// The smallest step this host's wall clock shows, as 2^n s rounded up.
Seconds clock_precision();

}  // namespace clockwright::system
