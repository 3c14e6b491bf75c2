#include "daemon/state.h"

namespace clockwright {

bool DaemonTracking::local_reference() const {
    constexpr std::uint32_t local_clock = 0x7f7f01;  // 127.127.1.x of chronyd and ntpd
    constexpr std::uint32_t orphan = 0x7f000001;     // 127.0.0.1: ntpd's orphan mode
    constexpr std::uint32_t orphan_primary = 0x4c4f4f50, local_name = 0x4c4f434c;  // LOOP, LOCL
    return !reference && (refid >> 8U == local_clock || refid == orphan ||
                          refid == orphan_primary || refid == local_name);
}

bool DaemonTracking::synchronised() const {
    return leap != Leap::unsynchronised && (reference || refid != 0) && !local_reference();
}

}  // namespace clockwright
