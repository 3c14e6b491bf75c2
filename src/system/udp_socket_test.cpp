#include "system/udp_socket.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <set>
#include <vector>

namespace clockwright::system {
namespace {

int port_of(const UdpSocket& socket) {
    sockaddr_in own{};
    socklen_t size = sizeof own;
    REQUIRE(::getsockname(socket.descriptor(), reinterpret_cast<sockaddr*>(&own), &size) == 0);
    return ntohs(own.sin_port);
}

TEST_CASE("every server is asked from a port of its own that the ones before do not tell") {
    constexpr int many = 64;
    std::vector<UdpSocket> sockets;
    std::vector<int> ports;
    for (int i = 0; i < many; ++i) {
        sockets.push_back(UdpSocket::connect({*parse_address("127.0.0.1"), 123}).value());
        ports.push_back(port_of(sockets.back()));
    }
    CHECK(std::ranges::min(ports) >= 1024);
    CHECK(std::set<int>(ports.begin(), ports.end()).size() == many);
    int rises = 0;
    for (int i = 1; i < many; ++i) rises += ports[i] > ports[i - 1] ? 1 : 0;
    // Of ports in order all would rise; of random ones half do, and six sigma are 14.
    CHECK(rises > many / 2 - 16);
    CHECK(rises < many / 2 + 16);
}

}  // namespace
}  // namespace clockwright::system
