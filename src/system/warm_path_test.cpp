#include "system/warm_path.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>

namespace clockwright::system {
namespace {

TEST_CASE("what goes the warm way comes back to its sender, stamped both ways") {
    auto socket = UdpSocket::connect_to_itself();
    REQUIRE(socket);
    const std::array<std::uint8_t, 3> sent{1, 2, 3};
    REQUIRE(socket->send(sent));
    CHECK(socket->transmit_stamp());
    std::array<std::uint8_t, 48> buffer;
    const auto got = socket->receive(buffer);
    REQUIRE(got);
    CHECK(got->size == sent.size());
    CHECK(got->stamp);
}

TEST_CASE("warming the way again and again leaves nothing behind that would fill a socket") {
    WarmPath path;
    for (int i = 0; i < 5000; ++i) path.warm();
    auto after = UdpSocket::connect_to_itself();
    REQUIRE(after);
    CHECK(after->send(std::array<std::uint8_t, 1>{}));
}

}  // namespace
}  // namespace clockwright::system
