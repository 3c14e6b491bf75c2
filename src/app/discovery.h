/// Candidates beyond the daemon's and the user's: what this machine knows, and the internet.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/cli.h"
#include "app/daemon_access.h"
#include "app/verbs.h"
#include "find/search.h"
#include "judge/candidate.h"
#include "system/scan_driver.h"

namespace clockwright::app {

/// What gathering may look at beside the daemon.
struct Surroundings {
    const Host* host = nullptr;  ///< null: nothing is discovered
    WallTime now;
    std::string time_zone;  ///< "Europe/Zurich"; empty: not known
    /// Names of pool zones to addresses; empty: nobody is asked.
    std::function<Result<std::vector<system::Resolved>>(const std::vector<HostName>&)> resolve;
    std::optional<Search> last_search;  ///< of the internet, as it is remembered
};

/// This machine's; `host` null where only the internet is wanted.
Surroundings surroundings_of(const Context& context, const Host* host);

struct Gathered {
    std::vector<Candidate> candidates;
    std::vector<std::string> notes;
};

/// Leases, then the platform. What is a candidate already, by name or by address, stays that.
void add_discovered(Gathered& gathered, const DaemonView* view, const Surroundings& around);

/// The catalogue, what the user allowed of a fetched list, and a pool zone, so that at most 40
/// public addresses are asked in all. No zone is added where the daemon has members of the pool
/// already (rule C-5: at most four). Within a day of the last search only those of it that may
/// still be asked, and whom the user allowed; a note says until when.
Result<void> add_internet(Gathered& gathered, const Config& config, const Surroundings& around);

/// Closes to selection what must not be configured: servers of UT1 (a hazard, named when the daemon
/// has it), other vendors' pool zones, and from leases servers whose operator restricts them or
/// wants to be told first.
void close_unfit(Gathered& gathered);

}  // namespace clockwright::app
