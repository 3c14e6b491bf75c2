/// The time servers in a DHCP message as it was on the wire: how dhcpcd keeps its leases.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "find/findings.h"

namespace clockwright {

/// Option 42 of a BOOTP message with options (RFC 2131, 2132 §8.3; split options joined as RFC 3396
/// says). Empty: there is none, or this is no such message.
std::vector<std::string> dhcp4_time_servers(std::string_view message);

/// Options 31 (RFC 4075) and 56 (RFC 5908: addresses and names; multicast groups are left out) of a
/// DHCPv6 client message.
std::vector<std::string> dhcp6_time_servers(std::string_view message);

/// /var/lib/dhcpcd/IFACE.lease and IFACE.lease6: the message that brought the lease.
Findings dhcpcd_lease(const FileText& file);

}  // namespace clockwright
