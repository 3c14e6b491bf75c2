/// Single packets that differ from a usual request in one thing each, to find out what the path
/// does to NTP.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "judge/path.h"
#include "ntp/budget.h"
#include "result.h"
#include "time/address.h"

namespace clockwright::system {

/// One server to try the path to.
struct PathTarget {
    Endpoint endpoint;
    std::optional<IpAddress> other_family;
};

struct PathOutcome {
    std::vector<PathProbes> probes;  ///< by target
    int packets = 0;
    std::vector<std::string> notes;  ///< what could not be tried, and why
};

/// At most four packets to each target: a usual one, one from port 123, one of more than 48 octets,
/// one to the other family. Every one is asked of `budget` first, so with strangers it takes some
/// 16 s for each kind. Port 123 may be closed to us or taken: then that is noted and not tried.
/// Error: interrupted.
Result<PathOutcome> probe_paths(const std::vector<PathTarget>& targets, Seconds time_out,
                                ntp::RateBudget& budget);

}  // namespace clockwright::system
