/// The consensus x of those that agree (docs/selection.md, step 2), and what the cut measures from.
#pragma once

#include <span>
#include <vector>

#include "time/units.h"

namespace clockwright {

/// What one truechimer says.
struct Opinion {
    Seconds offset{};    ///< θ
    Seconds distance{};  ///< λ
    Seconds delay{};     ///< δ_min
    bool near = false;   ///< on this side of the gateway (`is_near`)
};

/// Sources of this network answer faster than this; what lies beyond the gateway shares its path.
inline constexpr Seconds near_delay{2e-3};

struct Weighing {
    Seconds offset{};  ///< x, not yet clamped into the intersection
    /// x of the sources beyond the gateway alone, when there are near ones too.
    Seconds far_offset{};
    bool shared = false;             ///< near and far ones were weighed apart
    std::vector<bool> contradicted;  ///< by opinion: a near one that the far ones give the lie
};

/// Median of θ weighted by 1/λ. When some sources are near and others lie beyond the gateway, the
/// latter have one path in common and may be wrong together by its asymmetry: together they weigh
/// as much as the heaviest of them. A near source is believed against them as far as paths can
/// explain the difference: it is contradicted by a far one whose offset differs by more than
/// δ/2 + its own λ, and falls, losing its weight, when more far ones contradict it than near ones
/// confirm it, and more than a quarter of the far ones.
Weighing weigh(std::span<const Opinion> opinions);

}  // namespace clockwright
