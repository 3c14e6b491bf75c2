#include "daemon/state.h"

namespace clockwright {

bool DaemonTracking::local_reference() const {
    constexpr std::uint32_t local_clock = 0x7f7f0101;  // 127.127.1.1
    return refid == local_clock && !reference;
}

bool DaemonTracking::synchronised() const {
    return leap != Leap::unsynchronised && (reference || refid != 0) && !local_reference();
}

}  // namespace clockwright
