#include "system/step_guard.h"

#include <cmath>

namespace clockwright::system {

bool wall_clock_stepped(const Now& earlier, const Now& later) {
    constexpr Seconds reading_error{1e-3};
    const Seconds wall = later.wall - earlier.wall;
    const Seconds steady = later.steady - earlier.steady;
    return std::abs((wall - steady).count()) > reading_error.count();
}

}  // namespace clockwright::system
