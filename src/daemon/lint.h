/// The doctor's rules: what is wrong or unwise in how a host keeps its clock. Pure: values in,
/// findings out; nothing is changed.
#pragma once

#include <string>
#include <vector>

#include "daemon/daemon_config.h"
#include "daemon/finding.h"
#include "daemon/host_facts.h"
#include "daemon/state.h"
#include "time/source.h"

namespace clockwright {

/// What is known of a configured source beside its line.
struct SourceTraits {
    Smear smear = Smear::unknown;
    Timescale timescale = Timescale::utc;
    std::string operator_name;  ///< empty: not known
    bool is_public = false;     ///< a stranger's, by its address or by the catalogue
    bool is_platform = false;   ///< what the machine's maker provides
    bool of_ntp_pool = false;   ///< a name of the NTP pool
    bool restricted = false;    ///< its operator does not let everybody use it
};

struct LintInput {
    DaemonKind kind = DaemonKind::chrony;
    const DaemonConfig* config = nullptr;  ///< null: it cannot be read
    std::string config_error;              ///< … and why
    const DaemonState* state = nullptr;    ///< null: the daemon does not answer us
    std::vector<SourceTraits> traits;      ///< of `config->sources`, one each, in their order
    HostFacts host;
    WallTime now;
};

/// Errors first, then warnings, then advice; within each by rule and place.
std::vector<Finding> lint(const LintInput& input);

}  // namespace clockwright
