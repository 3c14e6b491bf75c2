#include "publish/snapshot.h"

#include <algorithm>
#include <bit>

namespace clockwright {

double WatchedServer::reach_share() const {
    if (polls <= 0) return 0;
    return static_cast<double>(std::popcount(reach)) / std::min(8, polls);
}

std::string_view to_string(Culprit culprit) {
    switch (culprit) {
        case Culprit::nobody:
            return "nobody";
        case Culprit::server:
            return "server";
        case Culprit::host:
            return "host";
        case Culprit::path:
            return "path";
        case Culprit::unknown:
            break;
    }
    return "unknown";
}

bool is_stale(const Snapshot& snapshot, WallTime now) {
    return Seconds(now - snapshot.at) > 3 * snapshot.cycle ||
           snapshot.at > now + std::chrono::seconds{60};
}

}  // namespace clockwright
