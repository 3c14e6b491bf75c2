#include "system/warm_path.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <array>
#include <cstdint>

namespace clockwright::system {
namespace {

TEST_CASE("what goes the warm way comes back to its sender, stamped both ways") {
    auto socket = UdpSocket::connect_to_itself();
    REQUIRE(socket);
    const std::array<std::uint8_t, 3> sent{1, 2, 3};
    bool stamped = false;
    // The kernel begins to stamp what comes a moment after the first socket has asked for that.
    for (int times = 0; times < 1000 && !stamped; ++times) {
        REQUIRE(socket->send(sent));
        pollfd comes{.fd = socket->descriptor(), .events = POLLIN, .revents = 0};
        while (::poll(&comes, 1, 1000) > 0 &&
               (comes.revents & POLLIN) == 0) {  // its stamp is first
        }
        CHECK(socket->transmit_stamp());
        std::array<std::uint8_t, 48> buffer;
        const auto got = socket->receive(buffer);
        REQUIRE(got);
        CHECK(got->size == sent.size());
        stamped = got->stamp.has_value();
    }
    CHECK(stamped);
}

TEST_CASE("however often the way is warmed, nothing stays behind that would close it") {
    WarmPath path;
    constexpr int times = 5000;
    int came_back = 0;  // a busy kernel may be late
    for (int i = 0; i < times; ++i) came_back += path.warm() ? 1 : 0;
    CHECK(came_back > times / 2);
}

}  // namespace
}  // namespace clockwright::system
