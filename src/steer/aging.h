/// Slow changes of oscillators: what weeks show and no single look does.
#pragma once

#include <optional>
#include <span>

#include "steer/rtc_verdict.h"
#include "steer/wander.h"

namespace clockwright {

/// How the correction of this clock's rate moves: its trend over the record, for 30 days. 0: the
/// record shows none (Sen's 95 % interval has both signs). Empty: it covers less than a week.
std::optional<Ppm> monthly_trend(std::span<const FrequencyPoint> record);

/// How far the rate of a hardware clock in the newest week of its record is from its rate before;
/// 0: their 95 % intervals overlap. Empty: there is less than a week of either, or it was set.
std::optional<Ppm> rtc_rate_change(std::span<const RtcPoint> record);

}  // namespace clockwright
