#include "lab/server.h"

#include <algorithm>
#include <cmath>

#include "ntp/packet.h"

namespace clockwright::lab {
namespace {

constexpr std::chrono::microseconds stay{1};  // T3 − T2
constexpr std::chrono::seconds since_update{3};
constexpr std::int8_t precision = -20;
constexpr std::size_t longest_garbage = 96;
constexpr std::size_t most_departures = 64;

/// An answer needs a client's packet of a version we speak.
std::optional<ntp::Packet> client_request(std::span<const std::uint8_t> bytes) {
    const auto packet = ntp::decode(bytes);
    if (!packet || packet->mode != ntp::Mode::client || packet->version < 3 ||
        packet->version > 4) {
        return std::nullopt;
    }
    return *packet;
}

/// The plain answer of a server whose clock shows `t2` on arrival of `request`.
ntp::Packet plain_answer(const ServerSpec& spec, const ntp::Packet& request, WallTime t2) {
    return {
        .leap = spec.leap,
        .version = request.version,
        .mode = ntp::Mode::server,
        .stratum = spec.stratum,
        .poll = request.poll,
        .precision = precision,
        .root_delay = ntp::to_short(spec.root_delay),
        .root_dispersion = ntp::to_short(spec.root_dispersion),
        .refid = spec.refid,
        .reference = ntp::to_timestamp(t2 - since_update),
        .origin = request.transmit,
        .receive = ntp::to_timestamp(t2),
        .transmit = ntp::to_timestamp(t2 + stay),
    };
}

/// RFC 9769 §2: it names an answer before, and its own two values can be told apart.
bool asks_interleaved(const ntp::Packet& request) {
    return !request.origin.is_zero() && request.receive != request.transmit;
}

/// The same as its behaviour bends it.
ntp::Packet bent(ntp::Packet packet, const ServerSpec& spec) {
    switch (spec.behaviour) {
        case Behaviour::wrong_origin:
            packet.origin.bits = ~packet.origin.bits;
            break;
        case Behaviour::zero_timestamps:
            packet.receive = packet.transmit = {};
            break;
        case Behaviour::wrong_mode:
            packet.mode = ntp::Mode::broadcast;
            break;
        case Behaviour::kiss:
            packet.leap = Leap::unsynchronised;
            packet.stratum = 0;
            packet.refid = spec.kiss;
            break;
        case Behaviour::answers:
        case Behaviour::silent:
        case Behaviour::garbage:
        case Behaviour::truncated:
            break;
    }
    return packet;
}

constexpr std::uint64_t golden = 0x9e37'79b9'7f4a'7c15U;

/// Spreads the bits, so that neighbouring seeds and indices give sequences unlike each other
/// (SplitMix64).
std::uint64_t mixed(std::uint64_t bits) {
    bits += golden;
    bits = (bits ^ (bits >> 30U)) * 0xbf58'476d'1ce4'e5b9U;
    bits = (bits ^ (bits >> 27U)) * 0x94d0'49bb'1331'11ebU;
    return bits ^ (bits >> 31U);
}

}  // namespace

std::vector<Server> servers_of(const World& world) {
    std::vector<Server> servers;
    servers.reserve(world.servers.size());
    for (const ServerSpec& spec : world.servers) {
        servers.emplace_back(spec, mixed(mixed(world.seed) + servers.size()));
    }
    return servers;
}

Server::Server(const ServerSpec& spec, std::uint64_t seed) : spec_(spec), state_(seed) {}

std::optional<Reply> Server::answer(std::span<const std::uint8_t> request, WallTime departed,
                                    Seconds elapsed) {
    const auto asked = client_request(request);
    if (!asked) {
        return std::nullopt;
    }
    // Drawn in this order whatever comes of it, so that one key of a world changes nothing else.
    const bool lost = uniform() < spec_.loss;
    const Seconds out = spec_.delay_out + queueing();
    const Seconds back = spec_.delay_back + queueing();
    const bool dead = spec_.dies_at >= Seconds{0} && elapsed + out >= spec_.dies_at;
    const bool dropped = spec_.interleaved == Interleaving::drops && asks_interleaved(*asked);
    if (lost || dead || dropped || spec_.behaviour == Behaviour::silent) {
        return std::nullopt;
    }
    const WallTime t2 = departed + to_nanoseconds(out + error_at(elapsed + out));
    const ntp::Packet answer = interleaved(plain_answer(spec_, *asked, t2), *asked);
    return Reply{.bytes = octets(bent(answer, spec_)), .after = out + stay + spec_.send_lag + back};
}

/// `packet` as this server answers a request for an interleaved answer; any other stays as it is.
ntp::Packet Server::interleaved(ntp::Packet packet, const ntp::Packet& request) {
    if (spec_.interleaved == Interleaving::wrong && asks_interleaved(request)) {
        packet.origin = request.receive;
    }
    if (spec_.interleaved != Interleaving::yes) {
        return packet;
    }
    const ntp::Timestamp left{packet.transmit.bits +
                              static_cast<std::uint64_t>(spec_.send_lag.count() * 0x1p32)};
    if (asks_interleaved(request)) {
        const auto before = std::ranges::find(departures_, request.origin, &Departure::receive);
        if (before != departures_.end()) {
            packet.origin = request.receive;
            packet.transmit = before->transmit;
        }
    }
    departures_.push_back({.receive = packet.receive, .transmit = left});
    if (departures_.size() > most_departures) {
        departures_.erase(departures_.begin());
    }
    return packet;
}

Seconds Server::error_at(Seconds elapsed) const {
    const bool stepped = spec_.step_at >= Seconds{0} && elapsed >= spec_.step_at;
    return spec_.offset + spec_.drift.value * 1e-6 * elapsed + (stepped ? spec_.step : Seconds{0});
}

/// SplitMix64: a thousand servers are near in memory, which those of a larger state would not be.
std::uint64_t Server::random() {
    const std::uint64_t bits = mixed(state_);
    state_ += golden;
    return bits;
}

double Server::uniform() {
    return static_cast<double>(random() >> 11U) * 0x1p-53;
}

Seconds Server::queueing() {
    return -spec_.jitter * std::log1p(-uniform());
}

std::vector<std::uint8_t> Server::octets(const ntp::Packet& packet) {
    const ntp::HeaderBytes header = ntp::encode(packet);
    std::vector<std::uint8_t> bytes(header.begin(), header.end());
    if (spec_.behaviour == Behaviour::truncated) {
        bytes.pop_back();
    }
    if (spec_.behaviour == Behaviour::garbage) {
        bytes.resize(1 + random() % longest_garbage);
        std::ranges::generate(bytes, [this] { return static_cast<std::uint8_t>(random()); });
    }
    return bytes;
}

}  // namespace clockwright::lab
