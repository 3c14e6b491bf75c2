/// Who is asked: the candidates of a run, each with its origin.
#pragma once

#include <string>
#include <vector>

#include "app/cli.h"
#include "app/config.h"
#include "app/daemon_access.h"
#include "judge/candidate.h"
#include "result.h"

namespace clockwright::app {

/// Exactly the hosts of the command line. Fault::usage for a name that is none.
Result<std::vector<Candidate>> gather_given(const std::vector<std::string>& hosts);

/// The daemon's own sources first, then `hosts`, then (with `internet`) the catalogue, most 40
/// addresses; restricted to `allow` when that is set, but for what the daemon has.
/// `view` null: no daemon is known here.
Result<std::vector<Candidate>> gather_known(const Config& config, const DaemonView* view);

/// What this release does not do yet and must not do silently: `--nts require`.
Result<void> refuse_nts(const Config& config);

}  // namespace clockwright::app
