/// Port: the hardware clock, which keeps time while the machine is off.
#pragma once

#include <string>
#include <string_view>

#include "result.h"
#include "time/units.h"

namespace clockwright {

struct RtcIdentity {
    std::string device;           ///< "/dev/rtc0"
    std::string driver;           ///< "rtc_cmos"; empty: not told
    bool started_system = false;  ///< this machine took its time from it at boot
};

/// Taken at an edge, where its second changes: it shows no fractions.
struct RtcReading {
    WallTime at;            ///< by the system clock
    WallTime shows;         ///< read as UTC
    Seconds uncertainty{};  ///< the edge lies within so much before `at`

    /// What must be added to the hardware clock; > 0: it is slow.
    Seconds offset() const { return at - shows; }
};

/// When to write what to a hardware clock, so that it shows UTC.
struct RtcWriting {
    WallTime at, value;
};

/// The next writing that can still be made at `now`. An MC146818 (rtc_cmos) begins its next second
/// half a second after it is written, other clocks a whole one (rule R-4).
RtcWriting next_writing(WallTime now, std::string_view driver);

/// What its driver tells of its supply (RTC_VL_READ, linux/rtc.h).
struct RtcVoltage {
    bool data_invalid = false, backup_low = false, backup_empty = false;
    bool accuracy_low = false, backup_switched = false;
};

class RealTimeClock {
  public:
    virtual ~RealTimeClock() = default;
    virtual RtcIdentity identity() const = 0;
    /// Waits for the edge, a second and a half at most. Fault::failed: no valid time, it does not
    /// tick.
    virtual Result<RtcReading> read() const = 0;
    /// Fault::failed when the driver does not tell: then nothing is known, and nothing is good.
    virtual Result<RtcVoltage> voltage() const = 0;
    /// To the UTC of the system clock, as `next_writing` has it; waits for that, two seconds at
    /// most.
    virtual Result<void> set() = 0;
};

}  // namespace clockwright
