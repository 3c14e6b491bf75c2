/// Waiting, in the one verb that must wait: a change that proves itself.
#pragma once

#include "time/units.h"

namespace clockwright::system {

/// Ends early when a signal comes.
void wait(Seconds interval);

}  // namespace clockwright::system
