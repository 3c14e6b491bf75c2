/// One request and its reply: match them, check everything of rule M-5, give a Sample (RFC 5905
/// §8).
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
    std::vector<IpAddress> addresses{};  ///< of its interfaces, for the loop test
    double precision_seconds = 1e-6;     ///< of the local clock
    std::vector<std::uint32_t>
        ipv6_refids{};  ///< first four octets of the MD5 of each IPv6 address
};

/// Would a server that follows this host show `refid`? Its IPv4 addresses but loopback, and
/// `ipv6_refids` (this room has no MD5).
bool is_own_refid(std::uint32_t refid, const Self& self);

/// A datagram's source, its time by the local clock (best stamp known), and when it came.
struct Arrival {
    Endpoint from;
    WallTime t4;
    SteadyTime at;
};

/// Why there is no sample; with Rejection::kiss also the code, which is never 0 then.
struct Refusal {
    Rejection rejection;
    std::uint32_t kiss = 0;

    friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// Checks 1–11 of rule M-5, but root distance ≥ 3 s (a verdict, not a fault of the packet), in the
/// order source, form, identity, kiss, times, server, delay: what is reported after bogus_origin
/// comes from somebody who saw our request. Stratum 0 without a code is unsynchronised.
/// A delay below minus the dispersion and a coarse clock's tick is a bad interval; else it is at
/// least the local precision.
/// `last_transmit`: the transmit timestamp of this server's previous accepted reply, or zero.
std::expected<Sample, Refusal> judge_reply(const Request& request,
                                           std::span<const std::uint8_t> bytes,
                                           const Arrival& arrival, Timestamp last_transmit,
                                           const Self& self);

}  // namespace clockwright::ntp
