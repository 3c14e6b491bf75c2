/// Sends the questions of the watch, with the manners of steady watching.
#pragma once

#include <optional>
#include <vector>

#include "app/agent.h"
#include "app/config.h"
#include "app/fault_once.h"
#include "app/watch_memory.h"
#include "ntp/exchange.h"
#include "system/event_loop.h"
#include "system/kept_keys.h"
#include "system/kept_sockets.h"

namespace clockwright::app {

/// Asks servers for the watch, by NTS with the cookie that the last answer brought.
/// The 64 s between two packets to a public address are kept in the sender, and remembered over
/// restarts beside what scans sent. No public one is asked while that, or who is blocked, cannot be
/// known; the log says why. Used by one thread.
class WatchProber {
  public:
    WatchProber();

    std::vector<Answer> ask(const effect::Ask& ask, const Config& config);

  private:
    WatchMemory memory_;
    FaultOnce fault_;
    system::EventLoop loop_;
    system::KeptSockets sockets_;
    system::KeptKeys keys_;
    std::optional<ntp::Self> self_;
    SteadyTime described_{};
};

}  // namespace clockwright::app
