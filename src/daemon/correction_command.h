/// Which daemons can be told to measure or to step at once.
#pragma once

#include <string_view>

#include "daemon/daemon_kind.h"

namespace clockwright {

/// Why this daemon takes no such command, and what it does by itself instead; empty: it takes them.
std::string_view why_not_commanded(DaemonKind kind);

}  // namespace clockwright
