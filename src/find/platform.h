/// What the machine's maker provides: recognised by what firmware and kernel say, without a packet.
#pragma once

#include <string>
#include <vector>

#include "find/findings.h"

namespace clockwright {

/// A PTP hardware clock as the kernel names it.
struct HardwareClock {
    std::string device;  ///< "/dev/ptp0"
    std::string name;    ///< "KVM virtual PTP", "hyperv", "ena-ptp-05", …
};

/// /sys/class/dmi/id and /sys/class/ptp; what could not be read is empty.
struct PlatformFacts {
    std::string sys_vendor, product_name, board_vendor, chassis_asset_tag, bios_vendor;
    std::vector<HardwareClock> clocks;
};

/// "AWS EC2", "Google Compute Engine", "Azure / Hyper-V", "KVM"; empty: none that we know.
std::string platform_name(const PlatformFacts& facts);

/// The NTP servers of the platform, of origin `platform`, with their smear class; and notes on its
/// hardware clocks, which are no NTP servers, with the hazard of mixing the two.
Findings platform_sources(const PlatformFacts& facts);

}  // namespace clockwright
