/// What is to be thought of a hardware clock: UTC or local, its rate, its battery (rules R-1 …
///
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "steer/rtc.h"
#include "steer/trend.h"

namespace clockwright {

/// One recorded comparison with the system clock.
struct RtcPoint {
    WallTime at;
    Seconds offset{};  ///< as in RtcReading
};

/// Everything the verdict is made from.
struct RtcFacts {
    std::optional<RtcIdentity> identity;  ///< empty: this machine has none
    std::optional<RtcReading> reading;
    std::string why_not;  ///< why there is no reading
    std::optional<RtcVoltage> voltage;
    bool local_by_file = false;  ///< the third line of /etc/adjtime says LOCAL
    Seconds zone{};              ///< local time less UTC, now
    /// 11-minute mode: the kernel copies the system clock to it, or does not tell whether.
    bool kernel_writes = false;
    std::vector<RtcPoint> record;       ///< since somebody set it
    std::optional<WallTime> bios_date;  ///< where such clocks may begin anew; empty: not told
    bool clock_demonstrated = false;    ///< what it is compared with is right
};

enum class RtcMode : std::uint8_t { unknown, utc, local };
/// `unknown` and `no_sign` are not "good": no driver can tell that.
enum class Battery : std::uint8_t { unknown, no_sign, suspect, failing };

std::string_view to_string(RtcMode mode);     ///< "unknown", "utc", "local"
std::string_view to_string(Battery battery);  ///< "unknown", "no sign", "suspect", "failing"

struct RtcVerdict {
    RtcMode mode = RtcMode::unknown;
    std::optional<Seconds> offset;   ///< the zone taken out where it runs on local time
    std::optional<Trend> rate;       ///< seconds a second; > 0: it loses
    std::optional<Ppm> rate_change;  ///< as `rtc_rate_change` of steer/aging.h
    Battery battery = Battery::unknown;
    std::vector<std::string> evidence;  ///< of the battery's verdict, each a clause
    std::vector<std::string> findings;  ///< what a person should mend, each a sentence
};

RtcVerdict judge_rtc(const RtcFacts& facts);

/// By the newest stretch of the record without a jump, in seconds a second; empty: less than four
/// hours of it.
std::optional<Trend> rtc_rate(std::span<const RtcPoint> record);

}  // namespace clockwright
