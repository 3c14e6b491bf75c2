/// The hardware clock by /dev/rtcN and sysfs (rtc(4)); opened for a moment only, since one process
/// at a time may have it.
#pragma once

#include <optional>
#include <string>

#include "steer/rtc.h"

namespace clockwright::system {

class RtcDevice : public RealTimeClock {
  public:
    /// The one that set the system clock, else the first; empty: this machine has none.
    static std::optional<RtcDevice> find(const std::string& sysfs = "/sys/class/rtc",
                                         const std::string& devices = "/dev");

    RtcIdentity identity() const override { return identity_; }
    Result<RtcReading> read() const override;
    Result<RtcVoltage> voltage() const override;
    Result<void> set() override;

  private:
    explicit RtcDevice(RtcIdentity identity) : identity_(std::move(identity)) {}

    RtcIdentity identity_;
};

}  // namespace clockwright::system
