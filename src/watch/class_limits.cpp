#include "watch/class_limits.h"

namespace clockwright {

ClassLimits limits_of(RuleClass host) {
    switch (host) {
        case RuleClass::leaf:
            break;
        case RuleClass::server:
            return {.bound = {0.010, 0.050},
                    .age_fact = "update_age_polls",
                    .age = {3, 6},
                    .truechimers = {4, 3},
                    .frequency_fact = "frequency_ppm",
                    .frequency = {100, 300},
                    .step = 0,
                    .path = 1e-3,
                    .regulated = false};
        case RuleClass::regulated_50ms:
            return {.bound = {0.025, 0.045},
                    .age_fact = "update_age_polls",
                    .age = {2, 4},
                    .truechimers = {4, 3},
                    .frequency_fact = "frequency_ppm",
                    .frequency = {50, 200},
                    .step = 1e-3,
                    .path = 2.5e-3,
                    .regulated = true};
        case RuleClass::regulated_100us:
            return {.bound = {50e-6, 90e-6},
                    .age_fact = "update_age_seconds",
                    .age = {10, 30},
                    .truechimers = {3, 2},
                    .frequency_fact = "frequency_change_ppm",
                    .frequency = {10, 50},
                    .step = 0,
                    .path = 5e-6,
                    .regulated = true};
    }
    return {.bound = {0.100, 0.500},
            .age_fact = "update_age_polls",
            .age = {4, 8},
            .truechimers = {3, 2},
            .frequency_fact = "frequency_ppm",
            .frequency = {200, 400},
            .step = 0.128,
            .path = 0.010,
            .regulated = false};
}

}  // namespace clockwright
