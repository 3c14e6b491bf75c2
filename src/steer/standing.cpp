#include "steer/standing.h"

#include <cmath>

namespace clockwright {

Standing held_to(Seconds offset, Seconds bound, Seconds limit) {
    const Seconds size{std::abs(offset.count())};
    if (bound <= limit) return Standing::within;
    if (size - (bound - size) > limit) return Standing::beyond;
    return Standing::not_demonstrated;
}

}  // namespace clockwright
