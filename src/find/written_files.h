/// Time servers in files that other programs wrote for this machine.
#pragma once

#include <span>

#include "find/findings.h"

namespace clockwright {

/// systemd-timesyncd's settings, in the order it reads them: main file, then drop-ins.
struct TimesyncdSettings {
    Findings servers;   ///< NTP=: somebody set it
    Findings fallback;  ///< FallbackNTP=: used only when nothing else is known, often a vendor's
};

/// [Time] NTP= and FallbackNTP=; lists append over the files, an empty one forgets what was there.
TimesyncdSettings timesyncd_settings(std::span<const FileText> files);

/// Lines "server HOST …" and "pool HOST …" as hooks of DHCP clients write them for an NTP daemon
/// (/run/dhcpcd/hook-state/ntp.conf.*, /run/ntp.conf.dhcp) or for chrony
/// (/run/chrony-dhcp/*.sources).
Findings server_lines(const FileText& file);

/// The `ntp:` of cloud-init: `servers` and `pools`, each a list of plain YAML ("- host", or
/// "[host, host]" on one line); none when `enabled: false`. Other YAML than this becomes a note.
Findings cloud_init_ntp(const FileText& file);

}  // namespace clockwright
