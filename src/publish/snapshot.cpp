#include "publish/snapshot.h"

#include <algorithm>
#include <bit>

namespace clockwright {

double WatchedServer::reach_share() const {
    if (polls <= 0) return 0;
    return static_cast<double>(std::popcount(reach)) / std::min(8, polls);
}

bool is_stale(const Snapshot& snapshot, WallTime now) {
    return Seconds(now - snapshot.at) > 3 * snapshot.cycle ||
           snapshot.at > now + std::chrono::seconds{60};
}

}  // namespace clockwright
