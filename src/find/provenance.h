/// Why each source is in use and which others lost: file, line and fate of every one that any file
/// of this host names.
#pragma once

#include <string>
#include <vector>

#include "daemon/daemon_config.h"
#include "daemon/state.h"
#include "find/findings.h"

namespace clockwright {

struct ProvenanceRow {
    std::string source;  ///< as written
    std::string file;    ///< empty: no file, somebody gave a command
    int line = 0;
    std::string origin;  ///< "configuration", "drop-in", "clockwright", "lease", "platform", …
    /// "in use", "configured" (the daemon cannot be asked), "not taken up", "noselect", "fallback",
    /// "duplicate", "dropped", "shadowed", "overridden", "not read".
    std::string effect;
    std::string why;  ///< of a loser: by what it lost; else empty

    bool lost() const { return !why.empty(); }
    friend bool operator==(const ProvenanceRow&, const ProvenanceRow&) = default;
};

/// The configuration's sources in their order, then what it shadows and overrides, what the daemon
/// lists without a file, and what leases and other files of the `machine` name. `state` may be
/// null.
std::vector<ProvenanceRow> provenance(const DaemonConfig& config, const DaemonState* state,
                                      const Findings& machine);

}  // namespace clockwright
