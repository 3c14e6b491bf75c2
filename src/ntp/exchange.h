/// One request and its reply: match them, check everything of rule M-5, give a Sample (RFC 5905 §8).
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <vector>

#include "ntp/packet.h"
#include "time/address.h"
#include "time/sample.h"

namespace clockwright::ntp {

/// What we must remember of a request to judge its reply. The transmit value on the wire is random
/// (rule M-6); the true T1 stays here.
struct Request {
    Endpoint to;
    Timestamp cookie;  ///< the random transmit value; the reply's origin must equal it
    WallTime t1;       ///< true moment of sending, best stamp known
};

/// The client packet of data minimisation: LI 0, version 4, mode 3, all else zero but the cookie.
HeaderBytes encode_request(Timestamp cookie);

/// What the exchange knows of this host.
struct Self {
    std::vector<IpAddress> addresses;  ///< of non-loopback interfaces, for the loop test
    double precision_seconds = 1e-6;   ///< of the local clock
};

/// The refid a server that follows `address` would show: IPv4 octets, or the first four octets of
/// the MD5 of an IPv6 address. Empty for IPv6 when no digest is given (the system room has MD5).
std::vector<std::uint32_t> own_refids(const Self& self);

struct Arrival {
    Endpoint from;
    WallTime t4;
    SteadyTime at;
};

/// A kiss packet with a valid origin, or why else there is no sample.
struct Refusal {
    Rejection rejection;
    std::uint32_t kiss = 0;  ///< set with Rejection::kiss only

    friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// Checks 1–11 of rule M-5, but root distance ≥ 3 s (a verdict, not a fault of the packet).
/// `last_transmit`: the transmit timestamp of this server's previous accepted reply, or zero.
/// The own-address loop test never counts loopback addresses (product.md, *Keys*).
std::expected<Sample, Refusal> judge_reply(const Request& request, std::span<const std::uint8_t> bytes,
                                           const Arrival& arrival, Timestamp last_transmit,
                                           const Self& self);

}  // namespace clockwright::ntp
