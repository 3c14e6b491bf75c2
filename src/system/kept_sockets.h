/// Sockets that outlive a scan, for the next scan of the same servers.
#pragma once

#include <cstddef>
#include <expected>
#include <map>

#include "system/udp_socket.h"
#include "time/address.h"

namespace clockwright::system {

/// Who asks the same servers every second need not open a socket for each question. After
/// `most_questions` a port is left all the same: nobody shall have the time to find it.
class KeptSockets {
  public:
    static constexpr std::uint32_t most_questions = 64;
    static constexpr std::size_t most = 256;

    /// The one kept for this place, rid of what came too late for it; or a new one. Error: errno.
    std::expected<UdpSocket, int> take(const Endpoint& peer);

    /// Only of a conversation that ended with an answer: of others something may come yet.
    void keep(const Endpoint& peer, UdpSocket socket);

    std::size_t size() const { return kept_.size(); }

  private:
    std::map<Endpoint, UdpSocket> kept_;
};

}  // namespace clockwright::system
