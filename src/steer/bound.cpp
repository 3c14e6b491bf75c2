#include "steer/bound.h"

#include <algorithm>
#include <cmath>

namespace clockwright {

Seconds ErrorBound::total() const {
    return Seconds{std::abs(offset.count())} + root_dispersion + root_delay / 2 + growth;
}

ErrorBound bound_of(const DaemonReading& reading, std::optional<Ppm> wander) {
    constexpr Ppm tolerance{phi * 1e6};
    ErrorBound bound{reading.offset, reading.root_dispersion, reading.root_delay, {}, {}};
    if (reading.holdover) {
        const Ppm own = reading.grows.value_or(Ppm{});
        bound.drift = std::max(own, wander.value_or(tolerance));
        bound.growth = growth(reading.age, Ppm{bound.drift.value - own.value});
    } else if (!reading.grows) {
        bound.growth = growth(reading.age);
    }
    return bound;
}

Seconds growth(Seconds elapsed, Ppm rate) {
    return elapsed * (rate.value * 1e-6);
}

}  // namespace clockwright
