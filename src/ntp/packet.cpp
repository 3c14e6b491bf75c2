#include "ntp/packet.h"

#include <concepts>

namespace clockwright::ntp {
namespace {

//  0                   1                   2                   3
//  LI VN  Mode | Stratum       | Poll          | Precision            0
//  Root delay                                                         4
//  Root dispersion                                                    8
//  Reference id                                                      12
//  Reference timestamp (64)                                          16
//  Origin timestamp (64)                                             24
//  Receive timestamp (64)                                            32
//  Transmit timestamp (64)                                           40

template <std::unsigned_integral Word>
void put(HeaderBytes& bytes, std::size_t at, Word value) {
    for (std::size_t i = sizeof value; i-- > 0; value >>= 8U) {
        bytes[at + i] = static_cast<std::uint8_t>(value & 0xffU);
    }
}

template <std::unsigned_integral Word>
Word get(std::span<const std::uint8_t> bytes, std::size_t at) {
    Word value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) {
        value = (value << 8U) | bytes[at + i];
    }
    return value;
}

}  // namespace

HeaderBytes encode(const Packet& packet) {
    HeaderBytes bytes{};
    const auto leap = static_cast<unsigned>(packet.leap);
    const auto mode = static_cast<unsigned>(packet.mode);
    bytes[0] = static_cast<std::uint8_t>((leap << 6U) | ((packet.version & 7U) << 3U) | mode);
    bytes[1] = packet.stratum;
    bytes[2] = static_cast<std::uint8_t>(packet.poll);
    bytes[3] = static_cast<std::uint8_t>(packet.precision);
    put(bytes, 4, packet.root_delay.bits);
    put(bytes, 8, packet.root_dispersion.bits);
    put(bytes, 12, packet.refid);
    put(bytes, 16, packet.reference.bits);
    put(bytes, 24, packet.origin.bits);
    put(bytes, 32, packet.receive.bits);
    put(bytes, 40, packet.transmit.bits);
    return bytes;
}

std::expected<Packet, Rejection> decode(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < header_size) {
        return std::unexpected(Rejection::malformed);
    }
    return Packet{
        .leap = static_cast<Leap>(bytes[0] >> 6U),
        .version = static_cast<std::uint8_t>((bytes[0] >> 3U) & 7U),
        .mode = static_cast<Mode>(bytes[0] & 7U),
        .stratum = bytes[1],
        .poll = static_cast<std::int8_t>(bytes[2]),
        .precision = static_cast<std::int8_t>(bytes[3]),
        .root_delay = {get<std::uint32_t>(bytes, 4)},
        .root_dispersion = {get<std::uint32_t>(bytes, 8)},
        .refid = get<std::uint32_t>(bytes, 12),
        .reference = {get<std::uint64_t>(bytes, 16)},
        .origin = {get<std::uint64_t>(bytes, 24)},
        .receive = {get<std::uint64_t>(bytes, 32)},
        .transmit = {get<std::uint64_t>(bytes, 40)},
    };
}

}  // namespace clockwright::ntp
