/// Reads the clocks. The only place that does.
#pragma once

#include "time/units.h"
#include "time/unsteered.h"

namespace clockwright::system {

Now read_clocks();

/// Where the wall clock alone is wanted: it costs a third.
WallTime read_wall_clock();

/// Beside CLOCK_MONOTONIC_RAW, the one clock of Linux that no daemon steers.
UnsteeredReading read_unsteered();

/// How long this host has been suspended since it booted: what the steady clock does not count.
Seconds time_asleep();

/// The smallest step this host's wall clock shows, as 2^n s rounded up.
Seconds clock_precision();

}  // namespace clockwright::system
