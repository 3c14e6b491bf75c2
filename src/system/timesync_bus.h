/// Asks systemd-timesyncd over the system bus; never starts it.
#pragma once

#include <string>

#include "daemon/timesyncd_state.h"
#include "result.h"

namespace clockwright::system {

/// All properties of the manager at this bus name. A name that nobody owns is not called: the bus
/// would start the service, and systemd stop a daemon that conflicts with it. Fault::unreachable:
/// no system bus, nobody owns the name, no answer within 2 s.
Result<timesyncd::Properties> read_timesync_properties(const std::string& bus_name);

/// The same as a state, read now.
Result<DaemonState> read_timesync_state(const std::string& bus_name);

}  // namespace clockwright::system
