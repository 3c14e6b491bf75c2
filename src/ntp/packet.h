/// The 48-octet NTP header as a value and as bytes (RFC 5905 §7.3).
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>

#include "ntp/timestamp.h"
#include "time/sample.h"

namespace clockwright::ntp {

inline constexpr std::size_t header_size = 48;
using HeaderBytes = std::array<std::uint8_t, header_size>;

enum class Mode : std::uint8_t {
    reserved,
    symmetric_active,
    symmetric_passive,
    client,
    server,
    broadcast,
    control,
    private_use
};

struct Packet {
    Leap leap = Leap::none;
    std::uint8_t version = 4;
    Mode mode = Mode::client;
    std::uint8_t stratum = 0;
    std::int8_t poll = 0;       ///< log2 seconds
    std::int8_t precision = 0;  ///< log2 seconds
    ShortTime root_delay{};
    ShortTime root_dispersion{};
    std::uint32_t refid = 0;  ///< first octet is the highest byte
    Timestamp reference{}, origin{}, receive{}, transmit{};

    friend bool operator==(const Packet&, const Packet&) = default;
};

HeaderBytes encode(const Packet& packet);

/// Any 48 octets are a packet; what follows (extension fields, MAC) is not looked at here.
/// Fewer octets: Rejection::malformed.
std::expected<Packet, Rejection> decode(std::span<const std::uint8_t> bytes);

}  // namespace clockwright::ntp
