#include "daemon/mode6_replies.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "daemon/ntp_conf.h"
#include "time/spell.h"

namespace clockwright::mode6 {
namespace {

constexpr int unsynchronised_stratum = 16;

/// The bits of `flash` (ntpd's tests 10 … 13): why a source is no candidate.
constexpr std::int64_t bad_stratum = 0x200, bad_distance = 0x400, unfit = 0x1000;

/// In ntpd every reference clock has such an address.
bool is_refclock(const IpAddress& address) {
    return address.family == Family::ipv4 && address.bytes[0] == 127 && address.bytes[1] == 127;
}

Seconds milliseconds(const Variables& variables, std::string_view name) {
    return Seconds(variables.number(name).value_or(0) / 1000);
}

int small(const Variables& variables, std::string_view name, int otherwise) {
    const auto value = variables.integer(name);
    return value && *value >= -128 && *value <= 255 ? static_cast<int>(*value) : otherwise;
}

/// Two binary digits from classic ntpd, one decimal digit from NTPsec.
Leap leap(const Variables& variables) {
    const std::string_view text = variables.text("leap").value_or("");
    if (text == "00" || text == "0") return Leap::none;
    if (text == "01" || text == "1") return Leap::insert;
    if (text == "10" || text == "2") return Leap::remove;
    return Leap::unsynchronised;
}

std::uint32_t big_endian(std::string_view octets) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | (i < octets.size() ? static_cast<unsigned char>(octets[i]) : 0);
    return value;
}

/// An IPv4 address, the hash of an IPv6 address as such, or the name of a clock. Above stratum 1
/// text names no reference but a state: INIT, STEP, a kiss code.
std::uint32_t refid(const Variables& variables, int stratum) {
    const std::string_view text = variables.text("refid").value_or("");
    if (const auto address = parse_address(text); address && address->family == Family::ipv4)
        return big_endian({reinterpret_cast<const char*>(address->bytes.data()), 4});
    if (text.starts_with("0x"))
        return static_cast<std::uint32_t>(variables.integer("refid").value_or(0));
    return stratum <= 1 && text.size() <= 4 ? big_endian(text) : 0;
}

/// What is true of it in the letters that all daemons share here.
char state_letter(const Association& association, std::uint8_t reach, std::int64_t flash) {
    switch (association.selection) {
        case Selection::rejected:
            break;
        case Selection::falseticker:
            return 'x';
        case Selection::excess:
        case Selection::outlier:
        case Selection::backup:
            return '-';
        case Selection::candidate:
            return '+';
        case Selection::system_peer:
        case Selection::pps_peer:
            return '*';
    }
    if (reach == 0) return '?';
    if ((flash & unfit) != 0) return 'N';  // unfit though reachable: so it was configured
    if ((flash & bad_stratum) != 0) return 's';
    return (flash & bad_distance) != 0 ? 'd' : '?';
}

/// How often it is asked: what both sides want at most.
int poll(const Variables& source) {
    constexpr int longest = 17;
    const int own = small(source, "hpoll", 0);
    const int theirs = small(source, "ppoll", 0);
    return theirs > 0 && theirs <= longest ? std::min(own, theirs) : own;
}

std::optional<Seconds> last_sample(const Variables& source, WallTime now) {
    const auto received = source.timestamp("rec");
    if (!received || *received == 0) return std::nullopt;
    if (const auto age = source.integer("timerec"))
        return Seconds(std::max<double>(0, static_cast<double>(*age)));
    return std::max(Seconds(0), Seconds(now - to_wall_time(*received, now)));
}

void add_authentication(DaemonSource& source, const Variables& variables) {
    source.authentication = Authentication::none;
    const auto cookies = variables.integer("ntscookies");  // -1: it is no matter of NTS
    const bool waits_for_keys =
        variables.text("refid") == "NTS" && source.stratum >= unsynchronised_stratum;
    if (!(cookies && *cookies >= 0) && !waits_for_keys) return;
    source.authentication = Authentication::nts;
    source.nts = NtsState{.algorithm = 0,
                          .failed_exchanges = 0,
                          .cookies = std::max(0, small(variables, "ntscookies", 0)),
                          .since_exchange = {},
                          .nak = false};
}

/// ntpd's filter has eight stages; each that is empty stands for 16 s, halved for every stage
/// before it. So n samples leave 16 s · (2⁻ⁿ − 2⁻⁸), and little besides.
int samples_in_filter(double dispersion) {
    constexpr double emptiness = 16, stages = 8;
    const double left = std::clamp(dispersion, 0.0, emptiness) + std::exp2(-stages) * emptiness;
    return static_cast<int>(std::clamp(std::round(std::log2(emptiness / left)), 0.0, stages));
}

/// What came less what was thrown away; empty from classic ntpd, which does not count it.
std::optional<std::uint32_t> valid_replies(const Variables& source) {
    auto valid = source.integer("received");
    if (!valid || *valid < 0) return std::nullopt;
    for (const std::string_view bad : {"badauth", "bogusorg", "oldpkt"})
        *valid -= std::clamp<std::int64_t>(source.integer(bad).value_or(0), 0, 0xffffffff);
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(*valid, 0, 0xffffffff));
}

/// Half of the way and all that was added on it (RFC 5905 §11.2: the root distance).
Seconds half_width(const Variables& source) {
    return (milliseconds(source, "rootdelay") + milliseconds(source, "delay")) / 2 +
           milliseconds(source, "rootdisp") + milliseconds(source, "dispersion") +
           milliseconds(source, "jitter");
}

/// Two would be selected where a PPS signal is: the signal is, the other numbers its seconds.
void keep_one_selected(DaemonState& state, std::span<const Peer> peers,
                       const std::vector<std::size_t>& places) {
    const auto by_pps = [&](std::size_t i) {
        return peers[places[i]].association.selection == Selection::pps_peer;
    };
    bool pps = false;
    for (std::size_t i = 0; i < places.size(); ++i) pps |= by_pps(i);
    for (std::size_t i = 0; pps && i < places.size(); ++i)
        if (state.sources[i].state == '*' && !by_pps(i)) state.sources[i].state = '+';
}

}  // namespace

WallTime to_wall_time(std::uint64_t timestamp, WallTime pivot) {
    if (timestamp == 0) return {};
    constexpr std::int64_t unix_epoch = 2'208'988'800;  // seconds after 1900
    const auto at = std::chrono::floor<std::chrono::seconds>(pivot);
    const auto pivot_seconds =
        static_cast<std::uint32_t>(at.time_since_epoch().count() + unix_epoch);
    const auto distance =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(timestamp >> 32) - pivot_seconds);
    const std::uint64_t fraction = timestamp & 0xffffffff;
    const auto nanoseconds = static_cast<std::int64_t>((fraction * 1'000'000'000) >> 32);
    return WallTime(at) + std::chrono::seconds(distance) + std::chrono::nanoseconds(nanoseconds);
}

std::optional<DaemonTracking> decode_tracking(const Variables& system, WallTime now) {
    if (!system.integer("stratum")) return std::nullopt;
    DaemonTracking tracking;
    tracking.stratum = small(system, "stratum", unsynchronised_stratum);
    tracking.refid = refid(system, tracking.stratum);
    tracking.leap = leap(system);
    tracking.reference_time = to_wall_time(system.timestamp("reftime").value_or(0), now);
    tracking.offset = milliseconds(system, "offset");
    tracking.last_offset = tracking.offset;
    tracking.rms_offset = milliseconds(system, "clk_jitter");
    if (const auto frequency = system.number("frequency")) tracking.frequency = Ppm{*frequency};
    if (const auto wander = system.number("clk_wander")) tracking.skew = Ppm{*wander};
    tracking.root_delay = milliseconds(system, "rootdelay");
    tracking.root_dispersion = milliseconds(system, "rootdisp");
    const int constant = small(system, "tc", 0);
    if (constant > 0 && constant < 32) tracking.update_interval = Seconds(1U << constant);
    return tracking;
}

std::optional<DaemonSource> decode_source(const Association& association, const Variables& source,
                                          WallTime now) {
    const auto address = parse_address(source.text("srcadr").value_or(""));
    if (!address || association.broadcast) return std::nullopt;
    DaemonSource found;
    found.refclock = is_refclock(*address);
    if (!found.refclock && !address->is_unspecified()) found.address = address;
    const std::string_view configured = source.text("srchost").value_or("");
    found.name = configured.empty() ? to_string(*address)
                                    : ntp_conf::name_without_port(printable(configured));
    found.of_pool = !association.configured && !found.refclock;
    found.stratum = small(source, "stratum", unsynchronised_stratum);
    found.refid = refid(source, found.refclock ? 0 : found.stratum);
    found.poll = poll(source);
    found.reach = static_cast<std::uint8_t>(source.integer("reach").value_or(0) & 0xff);
    found.last_sample = last_sample(source, now);
    found.offset = milliseconds(source, "offset");
    found.error = half_width(source);
    found.state = state_letter(association, found.reach, source.integer("flash").value_or(0));
    found.state_exact = true;
    found.samples = source.number("dispersion")
                        ? samples_in_filter(milliseconds(source, "dispersion").count())
                        : std::popcount(found.reach);
    found.valid_replies = valid_replies(source);
    add_authentication(found, source);
    if (found.state == 'N') found.noselect = true;
    return found;
}

std::optional<DaemonState> decode_state(const Variables& system, std::span<const Peer> peers,
                                        WallTime now) {
    const auto tracking = decode_tracking(system, now);
    if (!tracking) return std::nullopt;
    DaemonState state;
    state.kind = DaemonKind::ntpsec;
    state.tracking = *tracking;
    std::vector<std::size_t> order(peers.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) { return peers[i].association.id; });
    const auto selected = system.integer("peer").value_or(0);
    std::vector<std::size_t> places;
    for (const std::size_t i : order) {
        auto source = decode_source(peers[i].association, peers[i].variables, now);
        if (!source) continue;
        if (!source->address && !source->refclock) ++state.unresolved;
        if (selected != 0 && peers[i].association.id == selected)
            state.tracking.reference = source->address;
        state.sources.push_back(*std::move(source));
        places.push_back(i);
    }
    keep_one_selected(state, peers, places);
    return state;
}

}  // namespace clockwright::mode6
