/// How the record holds the hardware clock: as events, each a comparison with the system clock.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "steer/rtc_verdict.h"
#include "watch/record.h"

namespace clockwright {

/// A comparison, its size the offset; without a size: the kernel writes the clock, and nothing is
/// to be compared.
inline constexpr std::string_view rtc_event = "rtc";
inline constexpr std::string_view rtc_set_event = "rtc_set";  ///< we set it

/// The comparisons since it was set last, by us or by the kernel; other events are passed over.
std::vector<RtcPoint> comparisons_of(std::span<const EventRow> events);

}  // namespace clockwright
