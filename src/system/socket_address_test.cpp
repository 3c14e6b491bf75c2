#include "system/socket_address.h"

#include <doctest/doctest.h>
#include <netinet/in.h>

#include <cstring>

namespace clockwright::system {

TEST_CASE("an endpoint survives the way to the operating system and back") {
    for (const char* text : {"192.0.2.7", "127.0.1.1", "2001:db8::a", "fe80::1%3", "::"}) {
        CAPTURE(text);
        const Endpoint endpoint{parse_address(text).value(), 11123};
        const SocketAddress address = to_socket_address(endpoint);
        CHECK(to_endpoint(address.get()) == endpoint);
    }
}

TEST_CASE("octets and port stand in network order") {
    const SocketAddress address = to_socket_address({parse_address("192.0.2.7").value(), 0x1234});
    sockaddr_in raw{};
    std::memcpy(&raw, &address.storage, sizeof raw);
    const std::uint8_t port[] = {0x12, 0x34};
    const std::uint8_t octets[] = {192, 0, 2, 7};
    CHECK(raw.sin_family == AF_INET);
    CHECK(std::memcmp(&raw.sin_port, port, sizeof port) == 0);
    CHECK(std::memcmp(&raw.sin_addr, octets, sizeof octets) == 0);
}

TEST_CASE("an IPv4-mapped address is IPv4, another family is none") {
    sockaddr_in6 mapped{};
    mapped.sin6_family = AF_INET6;
    mapped.sin6_port = htons(123);
    mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
    mapped.sin6_addr.s6_addr[12] = 192;
    mapped.sin6_addr.s6_addr[15] = 9;
    const auto endpoint = to_endpoint(reinterpret_cast<const sockaddr*>(&mapped));
    REQUIRE(endpoint);
    CHECK(to_string(*endpoint) == "192.0.0.9:123");

    sockaddr other{};
    other.sa_family = AF_UNIX;
    CHECK_FALSE(to_endpoint(&other));
}

}  // namespace clockwright::system
