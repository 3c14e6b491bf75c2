/// Who is asked: the candidates of a run, each with its origin.
#pragma once

#include <string>
#include <vector>

#include "app/cli.h"
#include "app/config.h"
#include "app/daemon_access.h"
#include "app/discovery.h"
#include "judge/candidate.h"
#include "result.h"

namespace clockwright::app {

/// Exactly the hosts of the command line. Fault::usage for a name that is none.
Result<std::vector<Candidate>> gather_given(const std::vector<std::string>& hosts);

/// The daemon's own sources first; with `discover` what this machine knows: leases, then the
/// platform; then `hosts`; with `internet` the catalogue and a pool zone, most 40 public addresses
/// in all. Restricted to `allow` when that is set, but for what the daemon has. A host is a
/// candidate once, with the origin that comes first. `view` null: no daemon is known here.
Result<Gathered> gather_known(const Config& config, const DaemonView* view,
                              const Surroundings& around);

}  // namespace clockwright::app
