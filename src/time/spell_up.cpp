#include "time/spell_up.h"

#include <cmath>

#include "time/spell.h"

namespace clockwright {

std::string spell_age_up(Seconds age) {
    constexpr double minute = 60, hour = 60 * minute, day = 24 * hour;
    const double seconds = age.count();
    const double shown = seconds >= 10 * day ? day
                         : seconds >= day    ? hour
                         : seconds >= hour   ? minute
                                             : 1;
    return spell_age(Seconds{std::ceil(seconds / shown) * shown});
}

std::string spell_up(Seconds interval) {
    if (interval <= Seconds{0}) return spell(interval);
    const double last_digit = std::pow(10, std::floor(std::log10(interval.count())) - 2);
    constexpr double noise = 1e-6;  // of the division, not of the interval
    return spell(Seconds{std::ceil(interval.count() / last_digit - noise) * last_digit});
}

}  // namespace clockwright
