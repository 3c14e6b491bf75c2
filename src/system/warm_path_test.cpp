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

TEST_CASE("however often the way is warmed, nothing stays behind that would close it") {
    WarmPath path;
    for (int i = 0; i < 5000; ++i) REQUIRE(path.warm());
}

}  // namespace
}  // namespace clockwright::system
