/// What the doctor looks at beside the daemon's configuration, read without changing anything and
/// without any right that the user does not have.
#pragma once

#include <optional>
#include <vector>

#include "app/daemon_access.h"
#include "daemon/host.h"
#include "daemon/host_facts.h"
#include "daemon/lint.h"
#include "find/provenance.h"

namespace clockwright::app {

/// All but the kernel's clock. `is_root`: nothing is closed to this user.
HostFacts host_facts(const DaemonView& view, const Host& host, bool is_root);

/// The third line of /etc/adjtime (hwclock(8)): the hardware clock keeps local time.
bool keeps_local_time(const Host& host);

/// When the firmware was made (DMI, "MM/DD/YYYY"); empty: it does not tell.
std::optional<WallTime> bios_date(const Host& host);

/// What the kernel counts time by: "tsc"; empty: it does not tell.
std::string current_clocksource(const Host& host);

/// What is known of each configured source, by the catalogue and by the addresses the daemon has.
std::vector<SourceTraits> source_traits(const DaemonConfig& config, const DaemonState* state);

/// Every source that any file of this host names, and its fate; nothing when the configuration
/// cannot be read.
std::vector<ProvenanceRow> provenance_of(const DaemonView& view, const Host& host);

}  // namespace clockwright::app
