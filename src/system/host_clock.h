/// Steers this host's clock: adjtimex(2), its rate and slews, never a step.
#pragma once

#include "steer/clock.h"

namespace clockwright::system {

class KernelHostClock : public HostClock {
  public:
    Result<ClockSetting> read() const override;
    Result<void> steer(const ClockSetting& setting, Seconds bound) override;
};

}  // namespace clockwright::system
