/// How much is too much on each class of host (rule AL-2).
#pragma once

#include <string_view>

#include "watch/rule_table.h"

namespace clockwright {

/// Where it warns, and where it is critical.
struct Degrees {
    double warning = 0, critical = 0;
};

struct ClassLimits {
    Degrees bound;  ///< of the clock, in seconds
    std::string_view age_fact;
    Degrees age;  ///< of the daemon's last update, in the unit of `age_fact`
    Degrees truechimers;
    std::string_view frequency_fact;
    Degrees frequency;  ///< ppm
    double step = 0;    ///< of this clock or of a server, in seconds: less is no step
    double path = 0;    ///< seconds by which a path may become asymmetric
    bool regulated = false;
};

ClassLimits limits_of(RuleClass host);

}  // namespace clockwright
