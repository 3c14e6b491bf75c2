#include "ntp/exchange.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace clockwright::ntp {
namespace {

constexpr Seconds longest_stay{4};     // T3 − T2, as chrony
constexpr Seconds largest_root{16};    // MAXDISP of RFC 5905
constexpr Seconds longest_delay{3};    // as chrony
constexpr Seconds coarse_tick{0.020};  // coarse server clocks count in steps of about 16 ms
constexpr std::uint8_t unsynchronised_stratum = 16;

std::unexpected<Refusal> refuse(Rejection rejection, std::uint32_t kiss = 0) {
    return std::unexpected(Refusal{.rejection = rejection, .kiss = kiss});
}

/// T2, and T3 where the reply tells it: an interleaved one tells that of an earlier exchange.
std::optional<Rejection> bad_times(const Reply& reply) {
    const Packet& packet = reply.packet;
    if (packet.receive.is_zero() || packet.transmit.is_zero()) {
        return Rejection::zero_timestamp;
    }
    const Seconds stay = difference(packet.transmit, packet.receive);
    if (!reply.interleaved && (stay < Seconds{0} || stay > longest_stay)) {
        return Rejection::bad_interval;
    }
    return std::nullopt;
}

/// Is the reference time later than T3? Zero is unknown, not later.
bool is_from_the_future(const Reply& reply) {
    const Packet& packet = reply.packet;
    if (packet.reference.is_zero()) {
        return false;
    }
    return reply.interleaved ? difference(packet.reference, packet.receive) > longest_stay
                             : difference(packet.reference, packet.transmit) > Seconds{0};
}

std::optional<Rejection> bad_server(const Reply& reply, const Self& self) {
    const Packet& packet = reply.packet;
    if (packet.leap == Leap::unsynchronised || packet.stratum == 0 ||
        packet.stratum >= unsynchronised_stratum) {
        return Rejection::unsynchronised;
    }
    if (to_seconds(packet.root_delay) / 2 + to_seconds(packet.root_dispersion) >= largest_root) {
        return Rejection::bad_root;
    }
    if (is_from_the_future(reply)) {
        return Rejection::bad_root;
    }
    if (packet.stratum > 1 && is_own_refid(packet.refid, self)) {
        return Rejection::loop;
    }
    return std::nullopt;
}

/// `interval` ≥ 0.
Timestamp later_by(Timestamp timestamp, Seconds interval) {
    return {timestamp.bits + static_cast<std::uint64_t>(interval.count() * 0x1p32)};
}

std::uint32_t ipv4_refid(const IpAddress& address) {
    return (std::uint32_t{address.bytes[0]} << 24U) | (std::uint32_t{address.bytes[1]} << 16U) |
           (std::uint32_t{address.bytes[2]} << 8U) | std::uint32_t{address.bytes[3]};
}

/// θ and δ of four timestamps; the delay is not clamped yet.
///
///     T1          T4        θ = ((T2 − T1) + (T3 − T4)) / 2
///   ───┴───────────┴──── us δ = (T4 − T1) − (T3 − T2)
///       \T2   T3 /          ε = 2^ρ_us + 2^ρ_server + PHI · (T4 − T1)
///   ─────┴─────┴──── server
struct Measured {
    Seconds offset, delay, dispersion;
};

Measured measure(const Stamps& exchange, Timestamp t3, std::int8_t precision, const Self& self) {
    const Timestamp t1 = to_timestamp(exchange.t1);
    const Timestamp t2 = exchange.t2;
    const Timestamp t4 = to_timestamp(exchange.t4);
    const Seconds round_trip = difference(t4, t1);
    const Seconds precisions{self.precision_seconds + std::ldexp(1.0, precision)};
    return {.offset = (difference(t2, t1) + difference(t3, t4)) / 2,
            .delay = round_trip - difference(t3, t2),
            .dispersion = precisions + phi * std::max(round_trip, Seconds{0})};
}

}  // namespace

HeaderBytes encode_request(Timestamp cookie, Timestamp origin, Timestamp receive) {
    return encode(Packet{.origin = origin, .receive = receive, .transmit = cookie});
}

bool is_own_refid(std::uint32_t refid, const Self& self) {
    const auto shows = [refid](const IpAddress& address) {
        return address.family == Family::ipv4 && !address.is_loopback() &&
               ipv4_refid(address) == refid;
    };
    return std::ranges::any_of(self.addresses, shows) ||
           std::ranges::find(self.ipv6_refids, refid) != self.ipv6_refids.end();
}

std::expected<Reply, Refusal> match_reply(const Request& request,
                                          const std::expected<Packet, Rejection>& packet,
                                          const Endpoint& from, Timestamp last_transmit) {
    if (from != request.to) {
        return refuse(Rejection::wrong_source);
    }
    if (!packet) {
        return refuse(packet.error());
    }
    if (packet->version != 3 && packet->version != 4) {
        return refuse(Rejection::wrong_version);
    }
    if (packet->mode != Mode::server) {
        return refuse(Rejection::wrong_mode);
    }
    const bool interleaved = !request.receive.is_zero() && packet->origin == request.receive;
    if (!interleaved && packet->transmit == last_transmit && !packet->transmit.is_zero()) {
        return refuse(Rejection::duplicate);
    }
    if (packet->origin.is_zero() || (!interleaved && packet->origin != request.cookie)) {
        return refuse(Rejection::bogus_origin);
    }
    return Reply{.packet = *packet, .interleaved = interleaved};
}

std::expected<Sample, Refusal> measure_reply(const Request& request, const Reply& reply,
                                             const Arrival& arrival, const Self& self) {
    const Packet& packet = reply.packet;
    if (packet.stratum == 0 && packet.refid != 0) {
        return refuse(Rejection::kiss, packet.refid);
    }
    if (const auto why = bad_times(reply)) {
        return refuse(*why);
    }
    if (const auto why = bad_server(reply, self)) {
        return refuse(*why);
    }
    const Stamps stamps{.t1 = request.t1, .t4 = arrival.t4, .t2 = packet.receive};
    Measured measured;
    if (reply.interleaved) {
        measured = measure(stamps, later_by(packet.receive, request.stay), packet.precision, self);
        measured.delay += request.stay;
        measured.dispersion += request.stay / 2;
    } else {
        measured = measure(stamps, packet.transmit, packet.precision, self);
    }
    if (measured.delay > longest_delay) {
        return refuse(Rejection::too_late);
    }
    // The server claims to have held the packet for longer than it was away.
    if (measured.delay < -(measured.dispersion + coarse_tick)) {
        return refuse(Rejection::bad_interval);
    }
    return Sample{
        .at = arrival.at,
        .offset = measured.offset,
        .delay = std::max(measured.delay, Seconds{self.precision_seconds}),
        .dispersion = measured.dispersion,
        .root_delay = to_seconds(packet.root_delay),
        .root_dispersion = to_seconds(packet.root_dispersion),
        .leap = packet.leap,
        .stratum = packet.stratum,
        .refid = packet.refid,
    };
}

std::expected<Sample, Refusal> judge_reply(const Request& request,
                                           std::span<const std::uint8_t> bytes,
                                           const Arrival& arrival, Timestamp last_transmit,
                                           const Self& self) {
    const auto reply = match_reply(request, decode(bytes), arrival.from, last_transmit);
    if (!reply) {
        return std::unexpected(reply.error());
    }
    return measure_reply(request, *reply, arrival, self);
}

std::optional<Sample> measure_again(const Sample& sample, const Stamps& exchange,
                                    const Packet& later, const Self& self) {
    const Seconds stay = stay_of(exchange, later.transmit);
    if (stay < Seconds{0} || stay > longest_stay ||
        difference(later.receive, later.transmit) < Seconds{0}) {
        return std::nullopt;
    }
    const Measured measured = measure(exchange, later.transmit, later.precision, self);
    if (measured.delay < -measured.dispersion) {
        return std::nullopt;
    }
    Sample better = sample;
    better.offset = measured.offset;
    better.delay = std::max(measured.delay, Seconds{self.precision_seconds});
    better.dispersion = measured.dispersion;
    better.interleaved = true;
    return better;
}

}  // namespace clockwright::ntp
