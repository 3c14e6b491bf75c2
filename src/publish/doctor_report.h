/// `doctor`: what was found, worst first; and which daemons a host has.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/finding.h"
#include "daemon/host_facts.h"
#include "find/provenance.h"

namespace clockwright {

struct DoctorReport {
    DaemonKind kind = DaemonKind::chrony;
    std::string daemon_text;        ///< "chrony, pid 611, /etc/chrony/chrony.conf"
    std::vector<Finding> findings;  ///< worst first
    std::vector<DaemonPresence> daemons;
    std::vector<ProvenanceRow> provenance;
    std::vector<NotLookedAt> not_looked_at;
    std::string program;                    ///< the path of this program
    std::optional<Seconds> kernel_watched;  ///< how long the kernel's clock was watched
};

/// 0 clean (advice is no stain), 1 warnings, 2 errors.
int doctor_code(const DoctorReport& report);
std::string doctor_json(const DoctorReport& report);
std::string doctor_text(const DoctorReport& report, bool colour = false);

}  // namespace clockwright
