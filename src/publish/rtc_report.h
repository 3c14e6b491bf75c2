/// `rtc`: the hardware clock, what is known of it, and the evidence.
#pragma once

#include <string>

#include "publish/json_text.h"
#include "steer/rtc_verdict.h"

namespace clockwright {

struct RtcReport {
    RtcFacts facts;
    RtcVerdict verdict;
};

/// Keys with null for what is not known: "device", "driver", "mode", "offset_seconds",
/// "uncertainty_seconds", "read_at", "rate_ppm", "rate_low_ppm", "rate_high_ppm", "battery",
/// "evidence", "kernel_writes", "findings", "fault".
JsonObject rtc_json(const RtcReport& report, int depth);

std::string rtc_text(const RtcReport& report);

/// Why it may not be set now, in one sentence; empty: it may. `bound`: of the system clock, when
/// that is demonstrated.
std::string why_not_set(const RtcReport& report, std::optional<Seconds> bound);

/// What is remembered of its having been set; `by` is empty when it showed no time before.
std::string rtc_setting_text(std::optional<Seconds> by, const std::string& reason);

}  // namespace clockwright
