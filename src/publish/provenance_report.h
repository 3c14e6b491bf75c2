/// Where every source comes from and who lost, and which daemons a host has: for `status -v` and
/// `doctor`.
#pragma once

#include <string>
#include <vector>

#include "daemon/host_facts.h"
#include "find/provenance.h"

namespace clockwright {

/// "chrony.service: enabled, runs (pid 611), sets the clock".
std::string daemon_line(const DaemonPresence& daemon);
/// A JSON array, each daemon an object; `depth` as in json_text.h.
std::string daemons_json(const std::vector<DaemonPresence>& daemons, int depth);

/// A table of file, line, origin and fate; what a source lost to stands below it.
std::string provenance_text(const std::vector<ProvenanceRow>& rows, bool colour = false);
/// [{"source", "file", "line", "origin", "effect", "why"}]; no file and no line: null.
std::string provenance_json(const std::vector<ProvenanceRow>& rows, int depth);

}  // namespace clockwright
