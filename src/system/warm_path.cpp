#include "system/warm_path.h"

#include <utility>

#include "ntp/packet.h"

namespace clockwright::system {

bool WarmPath::warm() {
    if (!std::exchange(tried_, true)) {
        if (auto socket = UdpSocket::connect_to_itself()) socket_ = std::move(*socket);
    }
    if (!socket_) return false;
    ntp::HeaderBytes as_long_as_a_probe{};
    (void)socket_->send(as_long_as_a_probe);
    (void)socket_->transmit_stamp();
    return socket_->receive(as_long_as_a_probe).has_value();
}

}  // namespace clockwright::system
