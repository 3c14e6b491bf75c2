/// A UDP socket whose datagrams carry the kernel's time stamps.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "system/descriptor.h"
#include "system/socket_address.h"
#include "time/units.h"

namespace clockwright::system {

/// A datagram that came: how many octets of the buffer it fills, and when it reached the kernel.
struct Datagram {
    std::size_t size = 0;
    std::optional<WallTime> stamp;  ///< empty: the kernel gave none
};

/// Non-blocking. Every failure is an errno value; EAGAIN means "not now".
class UdpSocket {
  public:
    /// To one peer, from a random port (RFC 9109); stamps in both directions.
    static std::expected<UdpSocket, int> connect(const Endpoint& peer);

    /// To its own address on loopback: it receives what it sends; stamps in both directions.
    static std::expected<UdpSocket, int> connect_to_itself();

    /// At one address for everybody; stamps what arrives. The port is not shared.
    static std::expected<UdpSocket, int> bind(const Endpoint& local);

    /// To the peer of `connect`.
    std::expected<void, int> send(std::span<const std::uint8_t> bytes);
    std::expected<void, int> send_to(std::span<const std::uint8_t> bytes, const SocketAddress& to);

    /// When the datagram sent last left the kernel; empty while that is not known. Takes the stamps
    /// out of the error queue, older ones too.
    std::optional<WallTime> transmit_stamp();

    /// One datagram; what does not fit into the buffer is cut. `from`, when given, is filled.
    /// ECONNREFUSED and its like: what an ICMP message said of an earlier datagram.
    std::expected<Datagram, int> receive(std::span<std::uint8_t> buffer,
                                         SocketAddress* from = nullptr);

    std::uint32_t sent() const { return sent_; }  ///< datagrams, to the peer of `connect`
    int descriptor() const { return socket_.get(); }

  private:
    explicit UdpSocket(Descriptor socket) : socket_(std::move(socket)) {}

    Descriptor socket_;
    std::uint32_t sent_ = 0;  ///< datagrams sent; the kernel numbers its stamps by it
};

}  // namespace clockwright::system
