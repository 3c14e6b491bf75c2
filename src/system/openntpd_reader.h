/// Asks OpenNTPD for its state, through its own ntpctl: its socket speaks a private protocol.
#pragma once

#include <string>

#include "daemon/state.h"
#include "result.h"

namespace clockwright::system {

inline constexpr const char* ntpctl_program = "/usr/sbin/ntpctl";

/// At most 3 s. Faults: not_permitted where its socket is closed to this user, unreachable when
/// the daemon does not run or there is no ntpctl.
Result<DaemonState> read_openntpd(const std::string& ntpctl = ntpctl_program);

}  // namespace clockwright::system
