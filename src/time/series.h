/// A run of probes to one source: the samples it gave and how the others were lost.
#pragma once

#include <vector>

#include "time/sample.h"

namespace clockwright {

/// What one series of probes brought. `sent - samples.size()` probes were lost.
struct Series {
    int sent = 0;
    std::vector<Sample> samples;  ///< in order of arrival
    std::vector<Rejection>
        rejections;          ///< one for each probe that gave no sample, and each bad datagram
    std::uint32_t kiss = 0;  ///< the last kiss code with a valid origin, big-endian; 0: none

    friend bool operator==(const Series&, const Series&) = default;
};

}  // namespace clockwright
