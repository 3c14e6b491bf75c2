/// The hardware clock. It is read by sysfs, which needs no right and is never in use by another
/// (rule R-7); /dev/rtcN (rtc(4)) is opened for a moment to set it and for the word on its supply.
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
    RtcDevice(RtcIdentity identity, std::string epoch_file)
        : identity_(std::move(identity)), epoch_file_(std::move(epoch_file)) {}

    RtcIdentity identity_;
    std::string epoch_file_;  ///< shows seconds since 1970, read as UTC
};

}  // namespace clockwright::system
