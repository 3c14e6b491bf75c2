#include "steer/likely_cause.h"

#include <array>
#include <cmath>

namespace clockwright {
namespace {

struct Cause {
    double size;
    std::string_view text;
};

constexpr double tolerance = 0.01, quarter_hour = 900, widest_zone = 26 * 3600;

constexpr std::array causes{
    Cause{0.5, "a leap smear half way"},
    Cause{1, "a leap second handled otherwise"},
    Cause{18, "GPS time instead of UTC"},
    Cause{37, "TAI instead of UTC"},
    Cause{619'315'200, "a week number of GPS that rolled over"},
};

}  // namespace

std::string_view likely_cause(Seconds error) {
    const double size = std::abs(error.count());
    for (const Cause& cause : causes)
        if (std::abs(size - cause.size) < tolerance) return cause.text;
    const double quarters = std::round(size / quarter_hour);
    const bool is_zone =
        quarters >= 2 && size < widest_zone && std::abs(size - quarters * quarter_hour) < tolerance;
    return is_zone ? "a time zone or its summer time" : std::string_view{};
}

}  // namespace clockwright
