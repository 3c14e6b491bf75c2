/// Which time daemons this host has: installed, enabled, masked, running; by files, not by asking
/// systemd.
#pragma once

#include <vector>

#include "daemon/host.h"
#include "daemon/host_facts.h"

namespace clockwright::app {

/// One of each kind that is installed or runs, in the order of DaemonKind.
std::vector<DaemonPresence> find_daemons(const Host& host,
                                         const std::vector<ClockProgram>& programs);

}  // namespace clockwright::app
