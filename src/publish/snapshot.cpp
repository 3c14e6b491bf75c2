#include "publish/snapshot.h"

#include <algorithm>

namespace clockwright {

const WatchedServer* Snapshot::watch_of(std::size_t row) const {
    const Candidate& candidate = scan.rows.at(row).candidate;
    const auto found = std::ranges::find_if(watched, [&](const WatchedServer& server) {
        return server.host == candidate.source.as_written && server.address == candidate.address;
    });
    return found == watched.end() ? nullptr : &*found;
}

bool is_stale(WallTime at, Seconds cycle, WallTime now) {
    return Seconds(now - at) > 3 * cycle || at > now + std::chrono::seconds{60};
}

}  // namespace clockwright
