/// What a scan asks of the street: whom, how, and the line that announces it.
#pragma once

#include <string>
#include <vector>

#include "app/cli.h"
#include "find/block_list.h"
#include "judge/candidate.h"
#include "system/scan_driver.h"
#include "time/address.h"

namespace clockwright::app {

/// True when the catalogue or a pool named it.
bool from_stranger(const Candidate& candidate);

/// Whom the command line names is asked, blocked or not: the user is there and says so.
bool is_named_now(const Candidate& candidate);

/// One whose address is known and of this family is asked there, but for nts:// hosts.
system::ProbeTarget target_of(const Candidate& candidate, system::FamilyChoice family);
/// Same order.
std::vector<system::ProbeTarget> targets_of(const std::vector<Candidate>& candidates,
                                            system::FamilyChoice family);

system::FamilyChoice family_of(const Command& command);

/// As the command line wants it, with progress and the announcement for people. Blocked servers are
/// refused; `blocks` and `command` outlive it.
system::ScanSettings scan_settings(const Command& command, const BlockList& blocks, WallTime now);

/// "Will send 12 packets in 0.8 s to 3 addresses, all private.": the first line of a scan.
std::string announcement(int packets, const std::vector<Endpoint>& endpoints,
                         const Command& command);

}  // namespace clockwright::app
