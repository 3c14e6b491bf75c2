/// When a dead time daemon may be started again: with back-off and a cap, never for the network.
#pragma once

#include <deque>
#include <optional>

#include "time/units.h"

namespace clockwright {

/// What is seen of the daemon's process in one look.
struct DaemonLife {
    bool running = false;  ///< its process is there
    bool answers = false;  ///< its control channel answers
    bool looked = true;    ///< false: we are not permitted to tell
};

/// Dead: the process was there and is gone, or is there and answers nobody, for three minutes. A
/// daemon that has no sources, no network or no synchronisation is alive; one that never ran since
/// we look was stopped by somebody, and stays so.
class Watchdog {
  public:
    enum class Order : std::uint8_t {
        none,
        restart,
        give_up  ///< said once: three restarts within six hours did not help
    };

    Order look(const DaemonLife& life, SteadyTime now);

    int restarts() const { return static_cast<int>(restarts_.size()); }  ///< within six hours

  private:
    std::optional<SteadyTime> dead_since_;
    std::deque<SteadyTime> restarts_;
    bool seen_alive_ = false;
    bool gave_up_ = false;
};

}  // namespace clockwright
