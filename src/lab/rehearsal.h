/// A scan of a lab world in virtual time: the real poller, no socket, no waiting.
#pragma once

#include <vector>

#include "lab/world.h"
#include "ntp/poller.h"
#include "time/series.h"

namespace clockwright::lab {

struct RehearsalSettings {
    int samples = 4;
    Seconds spacing{0.25};
    Seconds client_error{0};  ///< the client's clock minus true time: its readings are off by it
    Ppm client_drift{0};      ///< its clock runs fast (> 0)
    Seconds begin{0};         ///< age of the world at the first packet
    std::uint64_t seed = 1;   ///< of the client's cookies
};

struct Rehearsal {
    std::vector<Series> series;  ///< by server, in the world's order
    Seconds took{0};             ///< virtual time from first packet to the end
};

Rehearsal rehearse(const World& world, const RehearsalSettings& settings);

}  // namespace clockwright::lab
