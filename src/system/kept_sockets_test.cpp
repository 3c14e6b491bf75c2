#include "system/kept_sockets.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

namespace clockwright::system {
namespace {

/// A server on loopback at a port of its own.
struct Server {
    UdpSocket socket = UdpSocket::bind({*parse_address("127.0.0.1"), 0}).value();
    Endpoint at{*parse_address("127.0.0.1"), 0};

    Server() {
        sockaddr_in own{};
        socklen_t size = sizeof own;
        ::getsockname(socket.descriptor(), reinterpret_cast<sockaddr*>(&own), &size);
        at.port = ntohs(own.sin_port);
    }
    /// Answers the datagram that is there with so many.
    void answer(int times) {
        std::array<std::uint8_t, 8> buffer;
        SocketAddress from;
        REQUIRE(socket.receive(buffer, &from));
        for (int i = 0; i < times; ++i) REQUIRE(socket.send_to(buffer, from));
    }
};

constexpr std::array<std::uint8_t, 8> question{1};

TEST_CASE("the next question to a server leaves by the socket of the one before") {
    const Server server;
    KeptSockets kept;
    UdpSocket first = kept.take(server.at).value();
    const int descriptor = first.descriptor();
    kept.keep(server.at, std::move(first));
    CHECK(kept.take(server.at)->descriptor() == descriptor);
    CHECK(kept.size() == 0);  // it is taken
}

TEST_CASE("what came too late for one question is no answer to the next") {
    Server server;
    KeptSockets kept;
    UdpSocket socket = kept.take(server.at).value();
    REQUIRE(socket.send(question));
    server.answer(3);
    kept.keep(server.at, std::move(socket));
    std::array<std::uint8_t, 8> buffer;
    const auto late = kept.take(server.at)->receive(buffer);
    REQUIRE(!late);
    CHECK(late.error() == EAGAIN);
}

TEST_CASE("a socket whose server is gone is not used again") {
    KeptSockets kept;
    Endpoint gone;
    {
        const Server server;
        gone = server.at;
    }
    UdpSocket socket = kept.take(gone).value();
    REQUIRE(socket.send(question));  // refused by ICMP: an error waits at the socket
    kept.keep(gone, std::move(socket));
    CHECK(kept.take(gone)->sent() == 0);
}

TEST_CASE("a port is left after so many questions") {
    const Server server;
    KeptSockets kept;
    UdpSocket socket = kept.take(server.at).value();
    for (std::uint32_t i = 0; i < KeptSockets::most_questions; ++i) REQUIRE(socket.send(question));
    kept.keep(server.at, std::move(socket));
    CHECK(kept.size() == 0);
}

}  // namespace
}  // namespace clockwright::system
