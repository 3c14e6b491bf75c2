/// Our addresses in the operating system's words, and back.
#pragma once

#include <sys/socket.h>

#include <optional>
#include <vector>

#include "time/address.h"

namespace clockwright::system {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress to_socket_address(const Endpoint& endpoint);

/// Empty for anything but IPv4 and IPv6; an IPv4-mapped IPv6 address becomes IPv4.
std::optional<Endpoint> to_endpoint(const sockaddr* address);

}  // namespace clockwright::system
