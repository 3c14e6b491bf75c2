/// Giving up the right to set the clock, for this process and all it starts.
#pragma once

#include "result.h"

namespace clockwright::system {

/// Drops CAP_SYS_TIME from every set and forbids regaining rights; error when it is still there.
Result<void> give_up_clock_rights();

}  // namespace clockwright::system
