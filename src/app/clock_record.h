/// What the record tells of this clock's own behaviour: its rate, as its daemon corrected it.
#pragma once

#include <optional>
#include <vector>

#include "app/config.h"
#include "publish/clock_verdict.h"
#include "steer/wander.h"
#include "watch/record.h"

namespace clockwright::app {

/// Of the looks at a demonstrated clock, in their order.
std::vector<SteeredLook> steered_looks(const std::vector<ClockRow>& looks);

/// The newest week of looks at a demonstrated clock, oldest first; empty without a record.
std::vector<SteeredLook> recorded_looks(const Config& config);

/// Of the newest look at a demonstrated clock. Empty when the newest look of all is older than an
/// hour: what the clock did since, nobody watched.
std::optional<LastBound> last_bound(const std::vector<ClockRow>& looks, WallTime now);
std::optional<LastBound> recorded_last_bound(const Config& config, WallTime now);

/// The rate of this clock over the last 30 days, a mean for each six hours; empty without a record.
std::vector<FrequencyPoint> recorded_rates(const Config& config, WallTime now);

}  // namespace clockwright::app
