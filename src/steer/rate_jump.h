/// A rate that jumps: another clock source, heat, a virtual machine that moved (rule T-8).
#pragma once

#include <optional>
#include <span>

#include "steer/wander.h"

namespace clockwright {

/// From here on the rate is suspicious, and near what the kernel can correct (500 ppm), either way.
inline constexpr Ppm suspicious_rate{200}, rate_near_limit{400};

/// A change within an hour that is more than wander.
inline constexpr Ppm least_jump{10};

struct RateJump {
    WallTime at;  ///< of the later point
    Ppm change;   ///< > 0: the correction grew
};

/// The newest change of more than `least_jump` within an hour; empty: none. Points in order of
/// time.
std::optional<RateJump> last_jump(std::span<const FrequencyPoint> record);

}  // namespace clockwright
