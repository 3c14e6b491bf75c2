#include "system/socket_address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "system/scan_driver.h"

namespace clockwright::system {

SocketAddress to_socket_address(const Endpoint& endpoint) {
    SocketAddress result;
    if (endpoint.address.family == Family::ipv4) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(endpoint.port);
        std::memcpy(&address.sin_addr, endpoint.address.bytes.data(), sizeof address.sin_addr);
        std::memcpy(&result.storage, &address, sizeof address);
        result.size = sizeof address;
    } else {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(endpoint.port);
        address.sin6_scope_id = endpoint.address.scope;
        std::memcpy(&address.sin6_addr, endpoint.address.bytes.data(), sizeof address.sin6_addr);
        std::memcpy(&result.storage, &address, sizeof address);
        result.size = sizeof address;
    }
    return result;
}

std::optional<Endpoint> to_endpoint(const sockaddr* address) {
    Endpoint endpoint;
    if (address->sa_family == AF_INET) {
        sockaddr_in ipv4{};
        std::memcpy(&ipv4, address, sizeof ipv4);
        endpoint.port = ntohs(ipv4.sin_port);
        std::memcpy(endpoint.address.bytes.data(), &ipv4.sin_addr, sizeof ipv4.sin_addr);
        return endpoint;
    }
    if (address->sa_family != AF_INET6) {
        return std::nullopt;
    }
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, address, sizeof ipv6);
    endpoint.port = ntohs(ipv6.sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr)) {
        std::memcpy(endpoint.address.bytes.data(), &ipv6.sin6_addr.s6_addr[12], 4);
        return endpoint;
    }
    endpoint.address.family = Family::ipv6;
    std::memcpy(endpoint.address.bytes.data(), &ipv6.sin6_addr, sizeof ipv6.sin6_addr);
    endpoint.address.scope = IN6_IS_ADDR_LINKLOCAL(&ipv6.sin6_addr) ? ipv6.sin6_scope_id : 0;
    return endpoint;
}

std::vector<IpAddress> own_addresses() {
    std::vector<IpAddress> addresses;
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) {
        return addresses;
    }
    for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_LOOPBACK) != 0) {
            continue;
        }
        if (const auto endpoint = to_endpoint(entry->ifa_addr)) {
            addresses.push_back(endpoint->address);
        }
    }
    ::freeifaddrs(first);
    std::ranges::sort(addresses);
    return addresses;
}

}  // namespace clockwright::system
