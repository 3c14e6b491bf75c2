/// What the kernel says of its clock beside the daemon: a second opinion, and a coarse one.
#pragma once

#include <string>
#include <vector>

#include "daemon/host_facts.h"
#include "publish/clock_verdict.h"

namespace clockwright {

/// Sentences, by rules K-1 … K-4: its flag is hours late when a daemon dies and never cleared by a
/// chronyd without rtcsync; its maximum error is what it was last told, and grows by 500 ppm; TAI 0
/// means that no table of leap seconds was loaded.
std::vector<std::string> kernel_opinion(const KernelClock& kernel, const ClockVerdict& verdict);

}  // namespace clockwright
