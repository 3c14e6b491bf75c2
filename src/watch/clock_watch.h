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

/// A slew is no step: chrony slews by at most 83333 ppm. When the kernel says that the clock was
/// set, 500 ppm of it are taken for the usual slew, and the rest for the step.
class ClockWatch {
  public:
    explicit ClockWatch(const Moment& began) : last_(began) {}

    ClockMove look(const Moment& moment, bool was_set);

  private:
    Moment last_;
};

}  // namespace clockwright
