/// Asks ntpd-rs for its state: its observation socket says everything to whoever connects.
#pragma once

#include <string>

#include "daemon/state.h"
#include "result.h"
#include "time/units.h"

namespace clockwright::system {

/// `path`: its `observation-path`. Faults: not_permitted where the socket is closed to this user,
/// unreachable when nobody listens there.
Result<DaemonState> read_ntpd_rs(const std::string& path, Seconds limit = Seconds{2});

}  // namespace clockwright::system
