#include "daemon/ntpd_rs_state.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "time/spell.h"

namespace clockwright::ntpd_rs {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_octets = 1024 * 1024;
constexpr std::size_t most_sources = 1000;

const Json& member(const Json& json, const char* key) {
    static const Json nothing;
    if (!json.is_object()) return nothing;
    const auto found = json.find(key);
    return found == json.end() ? nothing : *found;
}

std::optional<double> number(const Json& json) {
    if (!json.is_number()) return std::nullopt;
    const auto value = json.get<double>();
    return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

/// A duration or an instant: seconds; {"upper", "lower"} with 64 bits of fraction; {"secs",
/// "nanos"}; {"timestamp"} of NTP, 32 bits of seconds and of fraction. Instants have any origin.
std::optional<long double> seconds(const Json& json) {
    if (const auto value = number(json)) return *value;
    if (const auto& stamp = member(json, "timestamp"); stamp.is_number_unsigned())
        return std::ldexp(static_cast<long double>(stamp.get<std::uint64_t>()), -32);
    const auto part = [&](const char* key) -> std::optional<long double> {
        const auto& value = member(json, key);
        if (value.is_number_unsigned()) return static_cast<long double>(value.get<std::uint64_t>());
        if (value.is_number_integer()) return static_cast<long double>(value.get<std::int64_t>());
        return std::nullopt;
    };
    const auto upper = part("upper"), lower = part("lower");
    if (upper && lower) return *upper + std::ldexp(*lower, -64);
    const auto whole = part("secs"), nanos = part("nanos");
    if (whole && nanos) return *whole + *nanos * 1e-9L;
    return std::nullopt;
}

Seconds interval(const Json& json) {
    const auto value = static_cast<double>(seconds(json).value_or(0));
    return Seconds{std::clamp(value, -1e10, 1e10)};
}

int whole(const Json& json, int least, int most) {
    return static_cast<int>(std::clamp(number(json).value_or(least), static_cast<double>(least),
                                       static_cast<double>(most)));
}

Leap leap_of(const Json& json) {
    if (!json.is_string()) return Leap::unsynchronised;
    const auto& word = json.get_ref<const std::string&>();
    if (word == "NoWarning" || word == "None") return Leap::none;
    if (word == "Leap61") return Leap::insert;
    if (word == "Leap59") return Leap::remove;
    return Leap::unsynchronised;
}

/// "host:123", "[v6]:123" without the port.
std::string without_port(std::string text) {
    const auto colon = text.rfind(':');
    if (colon != std::string::npos &&
        (text.find(':') == colon || text.substr(0, colon).ends_with(']')))
        text.resize(colon);
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    return text;
}

std::string text_of(const Json& json) {
    return json.is_string() ? printable(json.get<std::string>()) : std::string();
}

int poll_of(const Json& json) {
    if (json.is_object())
        return static_cast<int>(
            std::lround(std::log2(std::clamp(interval(json).count(), 1.0, 131072.0))));
    return whole(json, 0, 17);
}

void add_authentication(DaemonSource& source, const Json& cookies) {
    if (cookies.is_null()) source.authentication = Authentication::none;
    const auto count = whole(cookies, 0, 1000);
    if (count == 0) return;  // plain sources say so too
    source.authentication = Authentication::nts;
    source.nts = NtsState{};
    source.nts->cookies = count;
}

DaemonSource source_of(const Json& json, std::optional<long double> now) {
    DaemonSource source;
    const auto address = text_of(member(json, "address"));
    source.address = parse_address(without_port(address));
    source.name = without_port(text_of(member(json, "name")));
    if (source.name.empty()) source.name = without_port(address);
    source.refclock = !source.address && address.starts_with('/');
    source.poll = poll_of(member(json, "poll_interval"));
    const auto unanswered = whole(member(json, "unanswered_polls"), 0, 8);
    const bool known = number(member(json, "unanswered_polls")).has_value();
    source.reach = static_cast<std::uint8_t>(
        known && unanswered < 8 ? 1U << static_cast<unsigned>(unanswered) : 0U);
    source.state = source.reach == 0 ? '?' : '+';
    source.offset = interval(member(json, "offset"));
    source.error = interval(member(json, "delay")) / 2 + interval(member(json, "uncertainty"));
    const auto updated = seconds(member(json, "last_update"));
    if (source.reach != 0) {
        const Seconds guess{unanswered * std::exp2(source.poll)};
        source.last_sample = guess;
        if (now && updated && *updated > 0)
            source.last_sample =
                Seconds{std::clamp(static_cast<double>(*now - *updated), 0.0, 1e9)};
    }
    if (!source.refclock) add_authentication(source, member(json, "nts_cookies"));
    return source;
}

/// The root dispersion at `now`; empty: not told.
std::optional<Seconds> dispersion_of(const Json& system, std::optional<long double> now) {
    if (const auto& told = member(system, "root_dispersion"); seconds(told)) return interval(told);
    const auto base = number(member(system, "root_variance_base"));
    if (!base) return std::nullopt;
    const auto since = seconds(member(system, "root_variance_base_time"));
    const double t = now && since ? std::clamp(static_cast<double>(*now - *since), 0.0, 1e9) : 0;
    const auto term = [&](const char* key) { return number(member(system, key)).value_or(0); };
    const double variance = *base + term("root_variance_linear") * t +
                            term("root_variance_quadratic") * t * t +
                            term("root_variance_cubic") * t * t * t;
    return Seconds{std::min(std::sqrt(std::max(variance, 0.0)), 1e9)};
}

std::uint32_t ipv4_of(const IpAddress& address) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8U | address.bytes[i];
    return value;
}

void add_reference(DaemonState& state) {
    auto& tracking = state.tracking;
    std::vector<Seconds> offsets;
    std::optional<Seconds> newest;
    for (auto& source : state.sources) {
        if (source.reach == 0) continue;
        offsets.push_back(source.offset);
        newest = std::min(newest.value_or(*source.last_sample), *source.last_sample);
        const bool follows = source.address && source.address->family == Family::ipv4 &&
                             ipv4_of(*source.address) == tracking.refid;
        if (!follows || tracking.reference) continue;
        source.state = '*';
        tracking.reference = source.address;
    }
    if (newest) tracking.reference_time = state.read_at - to_nanoseconds(*newest);
    if (offsets.empty()) return;
    const auto middle = offsets.begin() + static_cast<std::ptrdiff_t>(offsets.size() / 2);
    std::ranges::nth_element(offsets, middle);
    tracking.offset = *middle;
}

}  // namespace

std::optional<std::size_t> message_length(const std::array<std::uint8_t, 8>& octets) {
    std::uint64_t length = 0;
    for (const auto octet : octets) length = length << 8U | octet;
    if (length > most_octets) return std::nullopt;
    return static_cast<std::size_t>(length);
}

Result<DaemonState> parse_state(std::string_view json, WallTime read_at) {
    const auto root = Json::parse(json, nullptr, false);
    const auto& sources = member(root, "sources");
    const auto& whole_system = member(root, "system");
    if (!whole_system.is_object() || !sources.is_array())
        return fail("ntpd-rs wrote no JSON with its system and sources");
    // 2.0 had the parts of the system apart for a while.
    Json system = whole_system;
    for (const char* part : {"time_snapshot", "ntp_snapshot", "time", "ntp"})
        if (const auto& inner = member(whole_system, part); inner.is_object()) system.update(inner);

    DaemonState state;
    state.kind = DaemonKind::ntpd_rs;
    state.complete = true;
    state.read_at = read_at;
    const auto now = seconds(member(member(root, "program"), "now"));
    auto& tracking = state.tracking;
    tracking.stratum = whole(member(system, "stratum"), 0, 16);
    tracking.leap = leap_of(member(system, "leap_indicator"));
    if (const auto& id = member(system, "reference_id"); id.is_number_unsigned())
        tracking.refid = static_cast<std::uint32_t>(id.get<std::uint64_t>());
    const auto delay = seconds(member(system, "root_delay"));
    const auto dispersion = dispersion_of(system, now);
    tracking.bound_known = delay && dispersion;
    tracking.root_delay = interval(member(system, "root_delay"));
    tracking.root_dispersion = dispersion.value_or(Seconds{});
    for (const auto& source : sources)
        if (source.is_object() && state.sources.size() < most_sources)
            state.sources.push_back(source_of(source, now));
    add_reference(state);
    return state;
}

}  // namespace clockwright::ntpd_rs
