/// The right to set the clock: whether this process has it, and giving it up.
#pragma once

#include "result.h"

namespace clockwright::system {

/// CAP_SYS_TIME is effective.
bool may_set_clock();

/// For this process and all it starts: drops CAP_SYS_TIME from every set and forbids regaining
/// rights; error when it is still there.
Result<void> give_up_clock_rights();

}  // namespace clockwright::system
