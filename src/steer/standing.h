/// A clock's error held against a limit: three answers, never rounded in its favour (rule P-1).
#pragma once

#include <cstdint>

#include "time/units.h"

namespace clockwright {

enum class Standing : std::uint8_t { not_demonstrated, within, beyond };

/// `bound` is E, the offset counted in. Within: E ≤ limit. Beyond: the error is more than the limit
/// for certain, |offset| − (E − |offset|) > limit. Else, and for numbers that are none: not
/// demonstrated.
Standing held_to(Seconds offset, Seconds bound, Seconds limit);

}  // namespace clockwright
