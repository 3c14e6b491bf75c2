/// What this machine knows of time servers beside its daemon: leases, files other programs wrote,
/// the platform. Everything is read through the port; no packet is sent.
#pragma once

#include <set>
#include <string>

#include "daemon/host.h"
#include "find/findings.h"
#include "find/platform.h"
#include "time/units.h"

namespace clockwright {

/// One function for each kind of file, in this order: systemd-networkd, NetworkManager, dhclient,
/// dhcpcd, what hooks of DHCP clients wrote for a daemon, systemd-timesyncd (its fallback servers
/// only while it runs and nothing else is known), cloud-init. A file in `read_already` (the
/// daemon's configuration is made of it) is not read again. A file closed to this user is counted
/// in one note; one that cannot be read for another reason is named.
Findings machine_sources(const Host& host, WallTime now, const std::set<std::string>& read_already);

PlatformFacts platform_facts(const Host& host);

}  // namespace clockwright
