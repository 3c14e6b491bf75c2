#include "steer/bound.h"

#include <cmath>

namespace clockwright {

Seconds ErrorBound::total() const {
    return Seconds{std::abs(offset.count())} + root_dispersion + root_delay / 2 + growth;
}

Seconds growth(Seconds elapsed, double rate) {
    return elapsed * rate;
}

}  // namespace clockwright
