#include <algorithm>
#include <limits>

#include "daemon/chrony_control.h"
#include "daemon/chrony_fields.h"

namespace clockwright::chrony {
namespace {

using Data = std::span<const std::uint8_t>;

/// What chronyd writes where it has no value, and in place of fields its version does not know.
constexpr std::uint32_t absent = 0xffffffff;

/// The reply codes, each a layout.
namespace code {
constexpr std::uint16_t n_sources = 2, source_data = 3, tracking = 5, sourcestats = 6,
                        activity = 12, ntp_data = 16, source_name = 19, authdata = 20,
                        selectdata = 23, ntp_data2 = 26;
}  // namespace code

bool has_layout(const Reply& reply, std::uint16_t code, std::size_t size) {
    return reply.status == Status::success && reply.code == code && reply.data.size() >= size;
}

double real(Data data, std::size_t offset) {
    return decode_float(field32(data, offset));
}

Seconds seconds(Data data, std::size_t offset) {
    return Seconds(real(data, offset));
}

int integer(Data data, std::size_t offset) {
    return static_cast<int>(std::min(field32(data, offset), std::uint32_t{0x7fffffff}));
}

AddressKind kind_of(Data data, std::size_t offset) {
    return static_cast<AddressKind>(field16(data, offset + 16));
}

/// Empty for an unspecified address and for an id.
std::optional<IpAddress> address(Data data, std::size_t offset) {
    const AddressKind kind = kind_of(data, offset);
    if (kind != AddressKind::ipv4 && kind != AddressKind::ipv6) return std::nullopt;
    IpAddress found;
    found.family = kind == AddressKind::ipv4 ? Family::ipv4 : Family::ipv6;
    std::ranges::copy_n(data.begin() + static_cast<std::ptrdiff_t>(offset),
                        kind == AddressKind::ipv4 ? 4 : 16, found.bytes.begin());
    return found;
}

std::optional<std::uint32_t> unresolved_id(Data data, std::size_t offset) {
    if (kind_of(data, offset) != AddressKind::id) return std::nullopt;
    return field32(data, offset);
}

/// A Timespec; the epoch when it lies outside what nanoseconds can tell (1677 … 2262).
WallTime instant(Data data, std::size_t offset) {
    constexpr std::uint32_t no_high_part = 0x7fffffff;
    constexpr std::int64_t furthest = std::numeric_limits<std::int64_t>::max() / 1'000'000'000 - 1;
    const std::uint32_t high = field32(data, offset);
    const std::uint64_t low = field32(data, offset + 4);
    const auto whole =
        static_cast<std::int64_t>((high == no_high_part ? 0 : std::uint64_t{high} << 32) | low);
    if (whole > furthest || whole < -furthest) return {};
    const auto fraction = std::min(field32(data, offset + 8), std::uint32_t{999'999'999});
    return WallTime{std::chrono::seconds(whole) + std::chrono::nanoseconds(fraction)};
}

Leap leap(std::uint16_t value) {
    return value > 3 ? Leap::unsynchronised : static_cast<Leap>(value);
}

/// The coarse state of `sources`: 4 is used beside the selected one, 5 could be but is not.
char state_letter(std::uint16_t state) {
    constexpr std::string_view letters = "*?x~+-";
    return state < letters.size() ? letters[state] : '?';
}

}  // namespace

std::optional<std::uint32_t> decode_count(const Reply& reply) {
    if (!has_layout(reply, code::n_sources, 4)) return std::nullopt;
    return field32(reply.data, 0);
}

std::optional<DaemonTracking> decode_tracking(const Reply& reply) {
    if (!has_layout(reply, code::tracking, 76)) return std::nullopt;
    const Data data = reply.data;
    DaemonTracking tracking;
    tracking.refid = field32(data, 0);
    tracking.reference = address(data, 4);
    tracking.stratum = field16(data, 24);
    tracking.leap = leap(field16(data, 26));
    tracking.reference_time = instant(data, 28);
    tracking.offset = seconds(data, 40);        // chrony: > 0, the clock is slow, as ours
    tracking.last_offset = -seconds(data, 44);  // chrony: > 0, the clock was ahead
    tracking.rms_offset = seconds(data, 48);
    tracking.frequency = Ppm{-real(data, 52)};  // chrony: > 0, the clock is fast
    tracking.skew = Ppm{real(data, 60)};
    tracking.root_delay = seconds(data, 64);
    tracking.root_dispersion = seconds(data, 68);
    tracking.update_interval = seconds(data, 72);
    return tracking;
}

std::optional<SourceData> decode_source_data(const Reply& reply) {
    if (!has_layout(reply, code::source_data, 48)) return std::nullopt;
    constexpr std::uint16_t refclock_mode = 2;
    const Data data = reply.data;
    SourceData found;
    DaemonSource& source = found.source;
    source.refclock = field16(data, 26) == refclock_mode;
    if (source.refclock) {
        source.refid = field32(data, 0);
        source.name = refid_text(source.refid, 0);
    } else {
        source.address = address(data, 0);
        found.unresolved_id = unresolved_id(data, 0);
    }
    source.poll = static_cast<std::int16_t>(field16(data, 20));
    source.stratum = field16(data, 22);
    source.state = state_letter(field16(data, 24));
    source.reach = static_cast<std::uint8_t>(field16(data, 30) & 0xff);
    if (const auto age = field32(data, 32); age != absent) source.last_sample = Seconds(age);
    source.offset = -seconds(data, 40);  // chrony: > 0, the clock is ahead
    source.error = seconds(data, 44);
    return found;
}

std::optional<std::string> decode_source_name(const Reply& reply) {
    if (!has_layout(reply, code::source_name, 256)) return std::nullopt;
    const Data name = reply.data.first(256);
    return std::string(name.begin(), std::ranges::find(name, 0));
}

std::optional<SourceStats> decode_sourcestats(const Reply& reply) {
    if (!has_layout(reply, code::sourcestats, 56)) return std::nullopt;
    const Data data = reply.data;
    return SourceStats{.samples = integer(data, 24),
                       .runs = integer(data, 28),
                       .span = Seconds(field32(data, 32)),
                       .deviation = seconds(data, 36),
                       .frequency = Ppm{-real(data, 40)},
                       .skew = Ppm{real(data, 44)},
                       .offset = -seconds(data, 48),
                       .offset_error = seconds(data, 52)};
}

std::optional<NtpData> decode_ntp_data(const Reply& reply) {
    if (!has_layout(reply, code::ntp_data, 108) && !has_layout(reply, code::ntp_data2, 108))
        return std::nullopt;
    const Data data = reply.data;
    const std::uint16_t flags = field16(data, 92);
    NtpData found{.refid = field32(data, 56),
                  .offset = seconds(data, 72),  // chrony: > 0, the source is ahead, as ours
                  .delay = seconds(data, 76),
                  .root_delay = seconds(data, 48),
                  .root_dispersion = seconds(data, 52),
                  .valid = {},
                  .authenticated = (flags & 0x8000) != 0,
                  .interleaved = (flags & 0x4000) != 0};
    if (const auto valid = field32(data, 104); valid != absent) found.valid = valid;
    return found;
}

std::optional<SelectData> decode_selectdata(const Reply& reply) {
    if (!has_layout(reply, code::selectdata, 48)) return std::nullopt;
    const Data data = reply.data;
    return SelectData{.refid = field32(data, 0),
                      .address = address(data, 4),
                      .unresolved_id = unresolved_id(data, 4),
                      .state = static_cast<char>(data[24]),
                      .configured_options = field16(data, 28),
                      .effective_options = field16(data, 30),
                      .low = -seconds(data, 44),  // chrony: > 0, the clock is ahead: ends swap
                      .high = -seconds(data, 40)};
}

std::optional<AuthData> decode_authdata(const Reply& reply) {
    if (!has_layout(reply, code::authdata, 24)) return std::nullopt;
    const std::uint32_t since = field32(reply.data, 12);
    return AuthData{
        .mode = field16(reply.data, 0),
        .key_type = field16(reply.data, 2),
        .attempts = field16(reply.data, 10),
        .since_exchange = since == absent ? std::nullopt : std::optional(Seconds{since}),
        .cookies = field16(reply.data, 16),
        .nak = field16(reply.data, 20) != 0};
}

std::optional<Activity> decode_activity(const Reply& reply) {
    if (!has_layout(reply, code::activity, 20)) return std::nullopt;
    const Data data = reply.data;
    return Activity{.online = integer(data, 0),
                    .offline = integer(data, 4),
                    .burst_online = integer(data, 8),
                    .burst_offline = integer(data, 12),
                    .unresolved = integer(data, 16)};
}

std::string_view describe_state(char state) {
    switch (state) {
        case ' ':
            return "not asked";  // of a daemon that follows one server at a time
        case '*':
            return "selected";
        case '+':
            return "combined";
        case '-':
            return "selectable, not used";
        case 'P':
            return "selectable, another is preferred";
        case 'U':
            return "selectable, waits for an update";
        case 'W':
            return "waits for enough selectable sources";
        case 'D':
            return "selectable, too distant to combine";
        case 'N':
            return "noselect";
        case 'M':
            return "has too few samples";
        case 's':
            return "not synchronised";
        case 'r':
            return "stratum outside the limits";
        case 'd':
            return "root distance too large";
        case '~':
            return "too jittery";
        case 'w':
            return "waits for other sources to have samples";
        case 'S':
            return "older than other sources";
        case 'O':
            return "orphan";
        case 'T':
            return "does not agree with trusted sources";
        case 'x':
            return "falseticker (chrony)";
        case '?':
            return "not selectable";
        default:
            return "unknown state";
    }
}

}  // namespace clockwright::chrony
