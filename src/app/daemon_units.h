/// Which time daemons this host has: installed, enabled, masked, running; by files, not by asking
/// systemd.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/host.h"
#include "daemon/host_facts.h"

namespace clockwright::app {

/// One of each kind that is installed or runs, in the order of DaemonKind.
std::vector<DaemonPresence> find_daemons(const Host& host,
                                         const std::vector<ClockProgram>& programs);

/// What starts this daemon: "chrony.service", "openntpd" where scripts start it. That of the
/// program where it is known to be its own, else the first name of the daemon that is there, those
/// of installations with this main file first. Empty: none is there.
std::string service_of(const Host& host, DaemonKind kind, std::string_view config_file,
                       const std::optional<ClockProgram>& program);

}  // namespace clockwright::app
