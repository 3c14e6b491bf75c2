/// The leap second table of this machine.
#pragma once

#include "daemon/host.h"
#include "time/leap_table.h"

namespace clockwright::app {

/// Of tzdata's files (`leap-seconds.list` whose SHA-1 fits, `leapseconds`) and the one we know, the
/// one that is good for longest. A file that cannot be read or is damaged is passed over.
LeapTable leap_table(const Host& host);

}  // namespace clockwright::app
