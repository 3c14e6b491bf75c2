#include "publish/snapshot.h"

#include <algorithm>
#include <bit>

namespace clockwright {

double WatchedServer::reach_share() const {
    if (polls <= 0) return 0;
    return static_cast<double>(std::popcount(reach)) / std::min(8, polls);
}

const WatchedServer* Snapshot::watch_of(std::size_t row) const {
    if (row >= scan.rows.size() || row >= watched.size()) return nullptr;
    return watched[row].host == scan.rows[row].candidate.source.as_written ? &watched[row]
                                                                           : nullptr;
}

bool is_stale(const Snapshot& snapshot, WallTime now) {
    return Seconds(now - snapshot.at) > 3 * snapshot.cycle ||
           snapshot.at > now + std::chrono::seconds{60};
}

}  // namespace clockwright
