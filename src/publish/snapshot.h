/// Everything the agent knows at one moment; the API and the metrics read only this.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "publish/rtc_report.h"
#include "publish/scan_report.h"
#include "publish/status_report.h"
#include "watch/alert.h"
#include "watch/blame.h"
#include "watch/server_watch.h"

namespace clockwright {

/// What the watch adds to a server's row in the scan report.
struct WatchedServer {
    std::string host;  ///< as written, like the row's
    std::optional<IpAddress> address;
    std::optional<WallTime> since;  ///< it has its verdict since then; empty: never judged
    std::optional<WallTime> last;   ///< its last valid sample
    std::optional<Seconds> error;   ///< θ less the consensus, of the last sample
    std::uint8_t reach = 0;         ///< the last eight polls, newest lowest
    int polls = 0;                  ///< since it was added
    int lost = 0;                   ///< of these
    bool by_daemon = false;         ///< the daemon asks it, not we
    char state = ' ';               ///< the daemon's letter for it; ' ': none

    double reach_share() const { return clockwright::reach_share(reach, polls); }
};

/// A plan that waits for a person.
struct Proposal {
    std::string id, reason;
    WallTime at;
    std::vector<std::string> add, remove;
};

struct Snapshot {
    WallTime at;        ///< of the cycle
    WallTime began;     ///< the agent's start
    Seconds cycle{64};  ///< a snapshot older than three of these says nothing
    std::string mode = "normal";
    std::string apply = "off";
    std::uint64_t cycles = 0, packets_sent = 0;
    StatusReport status;  ///< the daemon, its verdict and the sentence
    ScanReport scan;      ///< the agent's own quorum
    std::vector<WatchedServer> watched;
    Blame blame;
    std::vector<Alert> alerts;  ///< pending and firing
    std::optional<Proposal> proposal;
    std::shared_ptr<const RtcReport> rtc;  ///< the hardware clock; null: not looked at yet
    std::string record_fault;              ///< why nothing is recorded at present; empty: it is
    std::uint64_t records_waiting = 0;     ///< kept in memory meanwhile

    /// Of the scan's row; null: it is not watched.
    const WatchedServer* watch_of(std::size_t row) const;
};

/// Then its delay, leap and root terms are not known: the daemon tells how far it may be off. Null:
/// it is not watched.
inline bool is_asked_by_daemon(const WatchedServer* watched) {
    return watched != nullptr && watched->by_daemon;
}

/// What was known at `at` is older than three cycles, or from the future: it says nothing.
bool is_stale(WallTime at, Seconds cycle, WallTime now);
inline bool is_stale(const Snapshot& snapshot, WallTime now) {
    return is_stale(snapshot.at, snapshot.cycle, now);
}

}  // namespace clockwright
