/// IP addresses and endpoints as plain values, without the operating system.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace clockwright {

enum class Family : std::uint8_t { ipv4 = 4, ipv6 = 6 };

/// An IPv4 or IPv6 address; IPv4 sits in the first four bytes, the rest is zero.
struct IpAddress {
    Family family = Family::ipv4;
    std::array<std::uint8_t, 16> bytes{};
    std::uint32_t scope = 0;  ///< interface index of a link-local IPv6 address, else 0

    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

    bool is_loopback() const;
    bool is_private() const;  ///< RFC 1918, RFC 6598 and RFC 4193
    bool is_link_local() const;
    bool is_multicast() const;  ///< also the IPv4 broadcast address
    bool is_unspecified() const;
    /// A stranger on the internet: none of the above. Only these have floors of politeness.
    bool is_public() const;
    /// How many leading bits of both are the same: 24 of IPv4 or 48 of IPv6 make one network.
    bool shares_network(const IpAddress& other) const;
};

/// Address and UDP or TCP port.
struct Endpoint {
    IpAddress address;
    std::uint16_t port = 123;

    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// "192.0.2.1", "2001:db8::1" (RFC 4291; "::ffff:1.2.3.4" becomes IPv4), with an optional
/// numeric "%scope". Nothing else is accepted: no short IPv4 forms, no octal, no white space.
std::optional<IpAddress> parse_address(std::string_view text);

/// "192.0.2.1".
std::string dotted(std::span<const std::uint8_t, 4> octets);

/// RFC 5952 text.
std::string to_string(const IpAddress& address);

/// "192.0.2.1:123", "[2001:db8::1]:123".
std::string to_string(const Endpoint& endpoint);

}  // namespace clockwright
