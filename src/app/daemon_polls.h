/// What a daemon's own polls tell of a server that it follows.
#pragma once

#include <vector>

#include "app/watch_list.h"
#include "daemon/state.h"
#include "watch/record.h"

namespace clockwright::app {

/// From one poll of the source to the next; a second at least.
Seconds poll_interval(const DaemonSource& source);

/// Takes what the daemon shows of its polls now: a row for a sample that is new, and for a poll
/// that was lost. `counts_losses`: its reach is a register of polls (`DaemonTraits`).
void take_polls(Watched& server, const DaemonSource& source, bool counts_losses, const Now& now,
                std::vector<Record>& rows);

}  // namespace clockwright::app
