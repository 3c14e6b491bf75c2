/// Port: this host's clock, as the servo steers it: its rate, and slews. It has no step.
#pragma once

#include "result.h"
#include "time/units.h"

namespace clockwright {

/// How the kernel corrects the clock at one moment.
struct ClockSetting {
    Ppm frequency;
    Seconds outstanding{};  ///< of a slew that ends by itself; > 0: time is still to be gained
};

class HostClock {
  public:
    virtual ~HostClock() = default;
    virtual Result<ClockSetting> read() const = 0;
    /// From now on; an earlier slew is replaced. `bound`: what the clock may be off by, for the
    /// kernel's own opinion. Fault::not_permitted without the right.
    virtual Result<void> steer(const ClockSetting& setting, Seconds bound) = 0;
};

}  // namespace clockwright
