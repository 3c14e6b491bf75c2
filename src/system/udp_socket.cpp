#include "system/udp_socket.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace clockwright::system {

namespace {

constexpr int receive_stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
constexpr int stamps_both_ways = receive_stamps | SOF_TIMESTAMPING_TX_SOFTWARE |
                                 SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;

/// Large enough for a scm_timestamping and a sock_extended_err with an address.
struct ControlBuffer {
    alignas(cmsghdr) std::array<std::uint8_t, 256> bytes;
};

std::expected<Descriptor, int> open_socket(const SocketAddress& address, int stamps) {
    Descriptor socket{
        ::socket(address.storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket.is_open()) {
        return std::unexpected(errno);
    }
    // A kernel without stamps is no fault: the reader's own clock readings take their place.
    ::setsockopt(socket.get(), SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps);
    return socket;
}

std::optional<WallTime> to_wall(const timespec& stamp) {
    if (stamp.tv_sec == 0 && stamp.tv_nsec == 0) {
        return std::nullopt;
    }
    return WallTime{std::chrono::seconds{stamp.tv_sec} + std::chrono::nanoseconds{stamp.tv_nsec}};
}

/// What the control messages of one datagram say: the software stamp, and for a datagram of the
/// error queue its number.
struct Control {
    std::optional<WallTime> stamp;
    std::optional<std::uint32_t> number;
};

Control read_control(msghdr& message) {
    Control control;
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPING) {
            scm_timestamping stamps{};
            std::memcpy(&stamps, CMSG_DATA(part), sizeof stamps);
            control.stamp = to_wall(stamps.ts[0]);
        } else if ((part->cmsg_level == SOL_IP && part->cmsg_type == IP_RECVERR) ||
                   (part->cmsg_level == SOL_IPV6 && part->cmsg_type == IPV6_RECVERR)) {
            sock_extended_err error{};
            std::memcpy(&error, CMSG_DATA(part), sizeof error);
            if (error.ee_errno == ENOMSG && error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
                control.number = error.ee_data;
            }
        }
    }
    return control;
}

std::expected<void, int> outcome(ssize_t sent) {
    if (sent < 0) {
        return std::unexpected(errno);
    }
    return {};
}

}  // namespace

std::expected<UdpSocket, int> UdpSocket::connect(const Endpoint& peer) {
    const SocketAddress address = to_socket_address(peer);
    auto socket = open_socket(address, stamps_both_ways);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    if (::connect(socket->get(), address.get(), address.size) != 0) {
        return std::unexpected(errno);
    }
    return UdpSocket{std::move(*socket)};
}

std::expected<UdpSocket, int> UdpSocket::connect_to_itself() {
    SocketAddress own = to_socket_address({*parse_address("127.0.0.1"), 0});
    auto socket = open_socket(own, stamps_both_ways);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    if (::bind(socket->get(), own.get(), own.size) != 0 ||
        ::getsockname(socket->get(), own.get(), &own.size) != 0 ||
        ::connect(socket->get(), own.get(), own.size) != 0) {
        return std::unexpected(errno);
    }
    return UdpSocket{std::move(*socket)};
}

std::expected<UdpSocket, int> UdpSocket::bind(const Endpoint& local) {
    const SocketAddress address = to_socket_address(local);
    auto socket = open_socket(address, receive_stamps);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    constexpr int buffer_octets = 1 << 20;
    ::setsockopt(socket->get(), SOL_SOCKET, SO_RCVBUF, &buffer_octets, sizeof buffer_octets);
    if (::bind(socket->get(), address.get(), address.size) != 0) {
        return std::unexpected(errno);
    }
    return UdpSocket{std::move(*socket)};
}

std::expected<void, int> UdpSocket::send(std::span<const std::uint8_t> bytes) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
        ++sent_;
    }
    return outcome(sent);
}

std::expected<void, int> UdpSocket::send_to(std::span<const std::uint8_t> bytes,
                                            const SocketAddress& to) {
    return outcome(
        ::sendto(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL, to.get(), to.size));
}

std::optional<WallTime> UdpSocket::transmit_stamp() {
    for (;;) {
        ControlBuffer buffer;
        msghdr message{};
        message.msg_control = buffer.bytes.data();
        message.msg_controllen = buffer.bytes.size();
        if (::recvmsg(socket_.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
            return std::nullopt;
        }
        const Control control = read_control(message);
        if (control.stamp && control.number == sent_ - 1) {
            return control.stamp;
        }
    }
}

std::expected<Datagram, int> UdpSocket::receive(std::span<std::uint8_t> buffer,
                                                SocketAddress* from) {
    ControlBuffer control;
    iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    if (from != nullptr) {
        message.msg_name = &from->storage;
        message.msg_namelen = sizeof from->storage;
    }
    const ssize_t size = ::recvmsg(socket_.get(), &message, 0);
    if (size < 0) {
        return std::unexpected(errno);
    }
    if (from != nullptr) {
        from->size = message.msg_namelen;
    }
    return Datagram{static_cast<std::size_t>(size), read_control(message).stamp};
}

}  // namespace clockwright::system
