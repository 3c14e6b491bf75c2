/// What a scan would send, told without sending it.
#pragma once

#include <string>
#include <vector>

#include "app/cli.h"
#include "app/config.h"
#include "judge/candidate.h"
#include "result.h"

namespace clockwright::app {

/// The announcement of the scan, then each destination with its packets and its key exchange, or
/// why it gets none. Names are looked up; nothing is sent to a server of time.
Result<std::string> dry_run_report(const std::vector<Candidate>& candidates, const Config& config,
                                   const Command& command);

}  // namespace clockwright::app
