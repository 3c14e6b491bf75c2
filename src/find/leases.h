/// Time servers in the leases that DHCP clients keep as text.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "find/findings.h"
#include "time/units.h"

namespace clockwright {

/// /run/systemd/netif/leases/N and links/N, and NetworkManager's internal leases: KEY=value, of
/// which NTP= holds names and addresses between blanks. They are gone when the lease is, so nothing
/// of them expires.
Findings networkd_lease(const FileText& file);

/// ISC dhclient's log of leases, IPv4 and IPv6: of each interface the last one counts, unless it
/// was released, has expired at `now`, or is cut off. `ntp-servers`, `dhcp6.sntp-servers`,
/// `dhcp6.ntp-servers`.
Findings dhclient_leases(const FileText& file, WallTime now);

/// NetworkManager: the state of devices (/run/NetworkManager/devices/N: ntp_servers of [dhcp4],
/// dhcp6_ntp_servers and the like of [dhcp6], unless `expiry` is past), and lease files that name
/// the connection of such a device; those of other connections are of yesterday.
Findings network_manager_leases(std::span<const FileText> devices, std::span<const FileText> leases,
                                WallTime now);

/// Seconds since 1970 as an instant; what is beyond the year 2200 is that year.
WallTime wall_time_of(std::int64_t unix_seconds);

}  // namespace clockwright
