/// Samples as the documents other programs read: JSON by the hour, with what each server was worth.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "watch/record.h"

namespace clockwright {

/// What one server was worth in one hour.
struct HourOfServer {
    std::string host;
    std::optional<Seconds> offset;  ///< the median
    /// RMS of the differences to the sample with the least delay; empty with fewer than two.
    std::optional<Seconds> jitter;
    std::optional<int> stratum;
    double reachability = 0;      ///< percent of the polls that were answered
    std::optional<double> score;  ///< 100/(1 + |median error|/10 ms); empty without a quorum
};

struct HourOfServers {
    WallTime at;
    std::vector<HourOfServer> servers;  ///< by name
};

/// `samples` in order of time.
std::vector<HourOfServers> hours_of(std::span<const SampleRow> samples);

/// {"timestamp": …, "region": null, "servers": [{"hostname", "offset_seconds", "jitter_seconds",
/// "stratum", "reachability_percent", "score"}]} on one line.
std::string hour_json(const HourOfServers& hour);

}  // namespace clockwright
