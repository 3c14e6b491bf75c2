#include "system/kept_sockets.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace clockwright::system {
namespace {

/// False when the socket is no longer good.
bool empty_out(UdpSocket& socket) {
    std::array<std::uint8_t, 1> beginning;
    for (;;) {
        const auto datagram = socket.receive(beginning);
        if (!datagram) return datagram.error() == EAGAIN;
    }
}

}  // namespace

std::expected<UdpSocket, int> KeptSockets::take(const Endpoint& peer) {
    if (auto node = kept_.extract(peer); !node.empty() && empty_out(node.mapped())) {
        UdpSocket socket = std::move(node.mapped());
        return socket;
    }
    return UdpSocket::connect(peer);
}

void KeptSockets::keep(const Endpoint& peer, UdpSocket socket) {
    if (socket.sent() < most_questions && kept_.size() < most) {
        kept_.insert_or_assign(peer, std::move(socket));
    }
}

}  // namespace clockwright::system
