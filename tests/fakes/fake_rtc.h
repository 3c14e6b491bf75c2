/// A hardware clock with faults, in a test's hands.
#pragma once

#include <optional>
#include <string>

#include "steer/rtc.h"

namespace clockwright {

class FakeRtc : public RealTimeClock {
  public:
    WallTime system;    ///< what the system clock shows
    Seconds slow{0};    ///< it is behind that by so much
    std::string fault;  ///< of every reading; empty: none
    std::optional<RtcVoltage> supply;

    RtcIdentity identity() const override { return {"/dev/rtc0", "rtc_fake", true}; }
    Result<RtcReading> read() const override {
        if (!fault.empty()) return fail(fault);
        return RtcReading{system, system - to_nanoseconds(slow), Seconds{1e-3}};
    }
    Result<RtcVoltage> voltage() const override {
        if (!supply) return fail("the driver of /dev/rtc0 does not tell of its supply");
        return *supply;
    }
    Result<void> set() override {
        slow = Seconds{0};
        return {};
    }
};

}  // namespace clockwright
