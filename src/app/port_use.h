/// Who holds the UDP ports of time services on this host.
#pragma once

#include "app/daemon_access.h"
#include "daemon/host.h"
#include "daemon/host_facts.h"

namespace clockwright::app {

/// To be called when `facts.program` is set. Ports 123 and, for chrony, 323, as /proc/net says.
/// Whose a socket is only root may see; for others that becomes a thing not looked at.
void add_port_uses(const DaemonPlace& place, const Host& host, bool is_root, HostFacts& facts);

}  // namespace clockwright::app
