/// Reads the hardware clock and gathers what its verdict needs.
#pragma once

#include "app/config.h"
#include "daemon/host.h"
#include "publish/clock_verdict.h"
#include "publish/rtc_report.h"
#include "steer/rtc.h"

namespace clockwright::app {

/// `clock` null: this machine has none. Waits for an edge of its second. The record is what the
/// agent wrote of the last 60 days, since the clock was set.
RtcReport look_at_rtc(const RealTimeClock* clock, const Config& config, const Host& host,
                      const ClockVerdict& system_clock);

}  // namespace clockwright::app
