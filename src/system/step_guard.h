/// Notices that the wall clock was set while an exchange was under way.
#pragma once

#include "time/units.h"

namespace clockwright::system {

/// True when between the two readings the wall clock and the steady clock went on by amounts that
/// differ by more than 1 ms. A slew moves both alike. What was measured with the wall clock in
/// between is worth nothing.
bool wall_clock_stepped(const Now& earlier, const Now& later);

}  // namespace clockwright::system
