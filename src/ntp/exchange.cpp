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

/// Is it the answer to this request, and the first such? Who does not see our packets fails here.
std::optional<Rejection> not_ours(const Packet& packet, const Request& request,
                                  Timestamp last_transmit) {
    if (packet.version != 3 && packet.version != 4) {
        return Rejection::wrong_version;
    }
    if (packet.mode != Mode::server) {
        return Rejection::wrong_mode;
    }
    if (packet.transmit == last_transmit && !packet.transmit.is_zero()) {
        return Rejection::duplicate;
    }
    if (packet.origin != request.cookie || packet.origin.is_zero()) {
        return Rejection::bogus_origin;
    }
    return std::nullopt;
}

std::optional<Rejection> bad_times(const Packet& packet) {
    if (packet.receive.is_zero() || packet.transmit.is_zero()) {
        return Rejection::zero_timestamp;
    }
    const Seconds stay = difference(packet.transmit, packet.receive);
    if (stay < Seconds{0} || stay > longest_stay) {
        return Rejection::bad_interval;
    }
    return std::nullopt;
}

std::optional<Rejection> bad_server(const Packet& packet, const Self& self) {
    if (packet.leap == Leap::unsynchronised || packet.stratum == 0 ||
        packet.stratum >= unsynchronised_stratum) {
        return Rejection::unsynchronised;
    }
    if (to_seconds(packet.root_delay) / 2 + to_seconds(packet.root_dispersion) >= largest_root) {
        return Rejection::bad_root;
    }
    // A zero reference time is unknown, not later.
    if (!packet.reference.is_zero() && difference(packet.reference, packet.transmit) > Seconds{0}) {
        return Rejection::bad_root;
    }
    if (packet.stratum > 1 && is_own_refid(packet.refid, self)) {
        return Rejection::loop;
    }
    return std::nullopt;
}

std::uint32_t ipv4_refid(const IpAddress& address) {
    return (std::uint32_t{address.bytes[0]} << 24U) | (std::uint32_t{address.bytes[1]} << 16U) |
           (std::uint32_t{address.bytes[2]} << 8U) | std::uint32_t{address.bytes[3]};
}

/// The four timestamps as offset, delay and dispersion; the delay is not clamped yet.
///
///     T1          T4        θ = ((T2 − T1) + (T3 − T4)) / 2
///   ───┴───────────┴──── us δ = (T4 − T1) − (T3 − T2)
///       \T2   T3 /          ε = 2^ρ_us + 2^ρ_server + PHI · (T4 − T1)
///   ─────┴─────┴──── server
Sample measure(const Packet& packet, const Request& request, const Arrival& arrival,
               const Self& self) {
    const Timestamp t1 = to_timestamp(request.t1);
    const Timestamp t4 = to_timestamp(arrival.t4);
    const Timestamp t2 = packet.receive;
    const Timestamp t3 = packet.transmit;
    const Seconds round_trip = difference(t4, t1);
    const Seconds precisions{self.precision_seconds + std::ldexp(1.0, packet.precision)};
    return Sample{
        .at = arrival.at,
        .offset = (difference(t2, t1) + difference(t3, t4)) / 2,
        .delay = round_trip - difference(t3, t2),
        .dispersion = precisions + phi * std::max(round_trip, Seconds{0}),
        .root_delay = to_seconds(packet.root_delay),
        .root_dispersion = to_seconds(packet.root_dispersion),
        .leap = packet.leap,
        .stratum = packet.stratum,
        .refid = packet.refid,
    };
}

}  // namespace

HeaderBytes encode_request(Timestamp cookie) {
    return encode(Packet{.transmit = cookie});
}

bool is_own_refid(std::uint32_t refid, const Self& self) {
    const auto shows = [refid](const IpAddress& address) {
        return address.family == Family::ipv4 && !address.is_loopback() &&
               ipv4_refid(address) == refid;
    };
    return std::ranges::any_of(self.addresses, shows) ||
           std::ranges::find(self.ipv6_refids, refid) != self.ipv6_refids.end();
}

std::expected<Sample, Refusal> judge_reply(const Request& request,
                                           std::span<const std::uint8_t> bytes,
                                           const Arrival& arrival, Timestamp last_transmit,
                                           const Self& self) {
    if (arrival.from != request.to) {
        return refuse(Rejection::wrong_source);
    }
    const auto packet = decode(bytes);
    if (!packet) {
        return refuse(packet.error());
    }
    if (const auto why = not_ours(*packet, request, last_transmit)) {
        return refuse(*why);
    }
    if (packet->stratum == 0 && packet->refid != 0) {
        return refuse(Rejection::kiss, packet->refid);
    }
    if (const auto why = bad_times(*packet)) {
        return refuse(*why);
    }
    if (const auto why = bad_server(*packet, self)) {
        return refuse(*why);
    }
    Sample sample = measure(*packet, request, arrival, self);
    if (sample.delay > longest_delay) {
        return refuse(Rejection::too_late);
    }
    // The server claims to have held the packet for longer than it was away.
    if (sample.delay < -(sample.dispersion + coarse_tick)) {
        return refuse(Rejection::bad_interval);
    }
    sample.delay = std::max(sample.delay, Seconds{self.precision_seconds});
    return sample;
}

}  // namespace clockwright::ntp
