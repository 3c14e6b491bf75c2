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

}  // namespace clockwright
