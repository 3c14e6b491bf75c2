#include "daemon/timesyncd_state.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace clockwright::timesyncd {
namespace {

/// timesyncd waits so long for the answer to its first request to a server.
constexpr Seconds patience{10};
constexpr std::uint64_t most_samples = 8;  ///< what timesyncd keeps
constexpr double microseconds = 1e6;

Seconds from_us(std::uint64_t microseconds_count) {
    return Seconds{static_cast<double>(microseconds_count) / microseconds};
}

/// later − earlier, of stamps that may be in either order.
Seconds between(std::uint64_t earlier, std::uint64_t later) {
    return Seconds{static_cast<double>(static_cast<std::int64_t>(later - earlier)) / microseconds};
}

/// The epoch for what no instant of ours can hold.
WallTime instant(std::uint64_t stamp_us) {
    constexpr std::uint64_t latest = 9'000'000'000'000'000;
    if (stamp_us > latest) return {};
    return WallTime{std::chrono::microseconds{stamp_us}};
}

/// RFC 5905 §8 on the four stamps:
///
///     T1 origin ──► T2 receive      θ = ((T2 − T1) + (T3 − T4)) / 2
///     T4 destination ◄── T3 transmit   δ = (T4 − T1) − (T3 − T2)
struct Exchange {
    Seconds offset{}, delay{};
};

Exchange exchange_of(const Message& message) {
    const auto there = between(message.origin_us, message.receive_us);
    const auto back = between(message.destination_us, message.transmit_us);
    const auto held = between(message.receive_us, message.transmit_us);
    const auto away = between(message.origin_us, message.destination_us);
    return {(there + back) / 2, std::max(away - held, Seconds{0})};
}

int poll_of(const Properties& properties) {
    const auto seconds = from_us(properties.poll_interval_us).count();
    return seconds < 1 ? 0 : static_cast<int>(std::lround(std::log2(seconds)));
}

/// The message is the present server's, and no answer is overdue.
bool is_current(const Properties& properties, WallTime read_at) {
    if (properties.message.packet_count == 0 || properties.server_name.empty() ||
        !properties.server_address)
        return false;
    const Seconds age = read_at - instant(properties.message.destination_us);
    return age <= from_us(properties.poll_interval_us) + patience;
}

Leap leap_of(const Message& message) {
    return static_cast<Leap>(std::min<std::uint32_t>(message.leap, 3));
}

std::uint32_t refid_of(const std::array<std::uint8_t, 4>& octets) {
    return std::uint32_t{octets[0]} << 24U | std::uint32_t{octets[1]} << 16U |
           std::uint32_t{octets[2]} << 8U | octets[3];
}

/// What a server that follows this address shows; of IPv6 it is a digest, which nobody asks for.
std::uint32_t refid_of(const IpAddress& address) {
    if (address.family != Family::ipv4) return 0;
    return refid_of({address.bytes[0], address.bytes[1], address.bytes[2], address.bytes[3]});
}

void fill_source(DaemonSource& source, const Properties& properties, WallTime read_at) {
    const Message& message = properties.message;
    source.address = properties.server_address;
    source.poll = poll_of(properties);
    if (!is_current(properties, read_at)) {
        source.state = '?';
        return;
    }
    const auto exchange = exchange_of(message);
    const auto samples = static_cast<int>(std::min(message.packet_count, most_samples));
    source.state = message.spike ? '~' : '*';
    source.stratum = static_cast<int>(std::min<std::uint32_t>(message.stratum, 255));
    source.refid = refid_of(message.refid);
    source.samples = samples;
    source.reach = static_cast<std::uint8_t>((1U << static_cast<unsigned>(samples)) - 1);
    source.last_sample = std::max(Seconds{read_at - instant(message.destination_us)}, Seconds{0});
    source.offset = exchange.offset;
    source.error = exchange.delay / 2 + from_us(message.root_delay_us) / 2 +
                   from_us(message.root_dispersion_us);
}

void fill_tracking(DaemonTracking& tracking, const Properties& properties, WallTime read_at) {
    const Message& message = properties.message;
    tracking.frequency = Ppm{static_cast<double>(properties.frequency) / 65536};
    tracking.update_interval = from_us(properties.poll_interval_us);
    if (message.packet_count == 0) return;
    tracking.reference_time = instant(message.destination_us);
    if (!is_current(properties, read_at)) return;
    const auto exchange = exchange_of(message);
    tracking.reference = properties.server_address;
    tracking.refid = refid_of(*properties.server_address);
    tracking.stratum = static_cast<int>(std::min<std::uint32_t>(message.stratum, 15)) + 1;
    tracking.leap = leap_of(message);
    tracking.offset = tracking.last_offset = exchange.offset;
    tracking.rms_offset = from_us(message.jitter_us);
    tracking.root_delay = from_us(message.root_delay_us) + exchange.delay;
    tracking.root_dispersion = from_us(message.root_dispersion_us) + from_us(message.jitter_us);
}

}  // namespace

DaemonState state_of(const Properties& properties, WallTime read_at) {
    DaemonState state;
    state.kind = DaemonKind::timesyncd;
    state.complete = true;
    state.read_at = read_at;
    const auto add = [&](const std::vector<std::string>& names, bool fallback) {
        for (const auto& name : names) {
            if (std::ranges::find(state.sources, name, &DaemonSource::name) != state.sources.end())
                continue;
            auto& source = state.sources.emplace_back();
            source.name = name;
            source.fallback = fallback;
        }
    };
    add(properties.runtime_servers, false);
    add(properties.system_servers, false);
    add(properties.link_servers, false);
    if (state.sources.empty()) add(properties.fallback_servers, true);
    if (const auto current =
            std::ranges::find(state.sources, properties.server_name, &DaemonSource::name);
        current != state.sources.end())
        fill_source(*current, properties, read_at);
    fill_tracking(state.tracking, properties, read_at);
    return state;
}

}  // namespace clockwright::timesyncd
