/// One request and its reply: match them, check everything of rule M-5, give a Sample (RFC 5905
/// §8, RFC 9769).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
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
    Timestamp cookie;     ///< the random transmit value; the reply's origin must equal it
    WallTime t1;          ///< true moment of sending, best stamp known
    Timestamp receive{};  ///< as random, when an interleaved answer was asked for, else zero
    Seconds stay{0};      ///< T3 − T2 to presume of an interleaved answer, which tells no T3
};

/// The client packet of data minimisation: LI 0, version 4, mode 3, all else zero but the cookie;
/// to ask for an interleaved answer also the server's T2 of an earlier exchange as `origin` and a
/// random `receive`.
HeaderBytes encode_request(Timestamp cookie, Timestamp origin = {}, Timestamp receive = {});

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

/// A datagram that is the answer to our request.
struct Reply {
    Packet packet;
    /// Its origin is our receive value: `packet.transmit` is the T3 of an earlier exchange.
    bool interleaved = false;
};

/// The checks of source, form and identity: who does not see our requests fails here.
/// `last_transmit`: the transmit timestamp of this server's previous basic reply, or zero.
std::expected<Reply, Refusal> match_reply(const Request& request,
                                          const std::expected<Packet, Rejection>& packet,
                                          const Endpoint& from, Timestamp last_transmit);

/// The checks of kiss, times, server and delay. Stratum 0 without a code is unsynchronised.
/// A delay below minus the dispersion and a coarse clock's tick is a bad interval; else it is at
/// least the local precision.
///
/// An interleaved reply does not tell its own T3. Its offset is that of T3 = T2 + `request.stay`;
/// the delay is all of T4 − T1, as if the server had held nothing. So whoever prefers little delay
/// prefers what was measured, and |error| ≤ δ/2 + ε holds however wrong the stay is.
std::expected<Sample, Refusal> measure_reply(const Request& request, const Reply& reply,
                                             const Arrival& arrival, const Self& self);

/// Checks 1–11 of rule M-5, but root distance ≥ 3 s (a verdict, not a fault of the packet): both of
/// the above on a datagram's octets.
std::expected<Sample, Refusal> judge_reply(const Request& request,
                                           std::span<const std::uint8_t> bytes,
                                           const Arrival& arrival, Timestamp last_transmit,
                                           const Self& self);

/// What is kept of an exchange until its true T3 may come.
struct Stamps {
    WallTime t1, t4;
    Timestamp t2;
};

/// T3 − T2.
inline Seconds stay_of(const Stamps& exchange, Timestamp t3) {
    return difference(t3, exchange.t2);
}

/// The sample of an earlier exchange, measured again with the T3 that the interleaved `later` reply
/// brought. Empty when that T3 cannot be true: outside of T2 … the T2 of `later`, more than 4 s
/// after T2, or away for longer than the exchange took.
std::optional<Sample> measure_again(const Sample& sample, const Stamps& exchange,
                                    const Packet& later, const Self& self);

}  // namespace clockwright::ntp
