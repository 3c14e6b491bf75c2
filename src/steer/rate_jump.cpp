#include "steer/rate_jump.h"

#include <chrono>
#include <cmath>

namespace clockwright {
std::optional<RateJump> last_jump(std::span<const FrequencyPoint> record) {
    for (std::size_t later = record.size(); later-- > 0;) {
        const FrequencyPoint& now = record[later];
        for (std::size_t i = later; i-- > 0 && now.at - record[i].at <= std::chrono::hours(1);) {
            const double change = now.frequency.value - record[i].frequency.value;
            if (std::abs(change) > least_jump.value) return RateJump{now.at, Ppm{change}};
        }
    }
    return std::nullopt;
}

}  // namespace clockwright
