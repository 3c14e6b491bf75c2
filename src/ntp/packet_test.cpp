#include "ntp/packet.h"

#include <doctest/doctest.h>

#include <vector>

namespace clockwright::ntp {
namespace {

// Every field has a value of its own, so that no two can be mistaken for each other.
constexpr HeaderBytes literal_bytes = {
    0x64, 0x02, 0x06, 0xec,                          // leap 1, version 4, mode 4; 2; 6; -20
    0x00, 0x01, 0x80, 0x03,                          // root delay
    0x00, 0x00, 0x40, 0x05,                          // root dispersion
    0xc0, 0x00, 0x02, 0x07,                          // refid 192.0.2.7
    0xe9, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,  // reference
    0xe9, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27,  // origin
    0xe9, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37,  // receive
    0xe9, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47,  // transmit
};

constexpr Packet literal_packet = {
    .leap = Leap::insert,
    .version = 4,
    .mode = Mode::server,
    .stratum = 2,
    .poll = 6,
    .precision = -20,
    .root_delay = {0x0001'8003},
    .root_dispersion = {0x0000'4005},
    .refid = 0xc000'0207,
    .reference = {0xe911'1213'1415'1617},
    .origin = {0xe921'2223'2425'2627},
    .receive = {0xe931'3233'3435'3637},
    .transmit = {0xe941'4243'4445'4647},
};

TEST_CASE("the header is 48 octets in network order") {
    CHECK(encode(literal_packet) == literal_bytes);
    const auto decoded = decode(literal_bytes);
    REQUIRE(decoded.has_value());
    CHECK(*decoded == literal_packet);
}

TEST_CASE("every first octet survives the round trip") {
    for (unsigned first = 0; first < 256; ++first) {
        CAPTURE(first);
        HeaderBytes bytes = literal_bytes;
        bytes[0] = static_cast<std::uint8_t>(first);
        const auto packet = decode(bytes);
        REQUIRE(packet.has_value());
        CHECK(static_cast<unsigned>(packet->leap) == first / 64);
        CHECK(packet->version == first / 8 % 8);
        CHECK(static_cast<unsigned>(packet->mode) == first % 8);
        CHECK(encode(*packet) == bytes);
    }
}

TEST_CASE("fewer than 48 octets are malformed, more are a header and its tail") {
    std::vector<std::uint8_t> bytes(literal_bytes.begin(), literal_bytes.end());
    for (std::size_t length = 0; length < header_size; ++length) {
        CAPTURE(length);
        const auto packet = decode(std::span(bytes).first(length));
        REQUIRE_FALSE(packet.has_value());
        CHECK(packet.error() == Rejection::malformed);
    }
    bytes.resize(68, 0xaa);
    const auto packet = decode(bytes);
    REQUIRE(packet.has_value());
    CHECK(*packet == literal_packet);
}

}  // namespace
}  // namespace clockwright::ntp
