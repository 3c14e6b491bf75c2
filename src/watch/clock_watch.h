/// Notices what moved this host's wall clock: a step, a suspension.
#pragma once

#include <optional>

#include "time/units.h"

namespace clockwright {

/// Both clocks, and how long this host has slept since it started (it is not in the steady clock).
struct Moment {
    Now now;
    Seconds slept{0};
};

/// What happened between two moments; empty: nothing.
struct ClockMove {
    std::optional<Seconds> slept;    ///< more than a second
    std::optional<Seconds> stepped;  ///< > 0: the wall clock was set forward
};

/// A slew is no step, and does not show: the kernel slews the steady clock with the wall clock.
class ClockWatch {
  public:
    explicit ClockWatch(const Moment& began) : last_(began) {}

    ClockMove look(const Moment& moment);

  private:
    Moment last_;
};

}  // namespace clockwright
