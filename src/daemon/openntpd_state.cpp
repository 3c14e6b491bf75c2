#include "daemon/openntpd_state.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include "time/spell.h"

namespace clockwright::openntpd {
namespace {

using Words = std::vector<std::string_view>;

constexpr int trust_never_heard = 2, trust_valid = 6, trust_most = 10;

std::string_view next_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
}

Words words_of(std::string_view line) {
    Words words;
    while (!line.empty()) {
        const auto begin = line.find_first_not_of(" \t\r");
        if (begin == std::string_view::npos) break;
        line.remove_prefix(begin);
        words.push_back(line.substr(0, line.find_first_of(" \t\r")));
        line.remove_prefix(words.back().size());
    }
    return words;
}

std::optional<int> number(std::string_view word) {
    int value = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
    if (read.ec != std::errc{} || read.ptr != word.data() + word.size()) return std::nullopt;
    return value;
}

/// "12.345ms", "34s".
std::optional<Seconds> interval(std::string_view word) {
    double value = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
    if (read.ec != std::errc{} || !std::isfinite(value)) return std::nullopt;
    const std::string_view unit(read.ptr, word.data() + word.size());
    if (unit == "s") return Seconds{value};
    if (unit == "ms") return Seconds{value * 1e-3};
    return std::nullopt;
}

/// Log2, as polls are kept everywhere else.
int poll_of(Seconds interval) {
    return interval.count() < 1 ? 0 : static_cast<int>(std::lround(std::log2(interval.count())));
}

std::uint8_t reach_of(int trust) {
    const int bits = std::clamp(trust, trust_never_heard, trust_most) - trust_never_heard;
    return static_cast<std::uint8_t>((1U << static_cast<unsigned>(bits)) - 1);
}

/// "10.0.0.1 ", "10.0.0.2 ntp1.example", "10.0.0.3 from pool pool.example", "not resolved
/// ntp2.example": a name, of a pool too, is left out when it is the address.
std::optional<DaemonSource> parse_peer_name(Words words) {
    DaemonSource source;
    if (words.size() > 2 && words[0] == "not" && words[1] == "resolved") {
        words.erase(words.begin(), words.begin() + 2);
    } else if (!words.empty()) {
        source.address = parse_address(words[0]);
        source.name = printable(words[0]);
        words.erase(words.begin());
    }
    if (words.size() > 1 && words[0] == "from" && words[1] == "pool")
        words.erase(words.begin(), words.begin() + 2);
    if (!words.empty()) source.name = printable(words[0]);
    if (source.name.empty()) return std::nullopt;
    return source;
}

/// "nmea0  GPS": device and reference.
std::optional<DaemonSource> parse_sensor_name(const Words& words) {
    if (words.empty()) return std::nullopt;
    DaemonSource source;
    source.refclock = true;
    source.name = printable(words[0]);
    if (words.size() > 1)
        for (std::size_t i = 0; i < 4; ++i)
            source.refid = source.refid << 8U |
                           (i < words[1].size() ? static_cast<unsigned char>(words[1][i]) : 0U);
    return source;
}

/// " *  1 10  2   28s   31s  -0.439ms  1.373ms  1.681ms"; behind the poll "---- peer not valid
/// ----", or for a sensor offset and correction. False: no such line.
bool add_figures(DaemonSource& source, Words words) {
    const bool followed = !words.empty() && words[0] == "*";
    if (followed) words.erase(words.begin());
    if (words.size() < 5) return false;
    const auto weight = number(words[0]), trust = number(words[1]);
    const auto next = interval(words[3]), poll = interval(words[4]);
    if (!weight || !trust || !next || !poll) return false;
    source.stratum = std::clamp(number(words[2]).value_or(0), 0, 16);  // "-": never heard
    source.poll = poll_of(*poll);
    source.reach = source.refclock ? (*trust > 0 ? 1 : 0) : reach_of(*trust);
    source.state = source.reach == 0 ? '?' : 'M';
    const auto offset = words.size() > 5 ? interval(words[5]) : std::nullopt;
    if (!offset) return true;
    const bool valid = source.refclock ? *trust > 0 : *trust >= trust_valid;
    source.state = followed ? '*' : valid ? '+' : '?';
    source.offset = *offset;
    source.last_sample = std::max(*poll - *next, Seconds{0});
    if (source.refclock) return true;
    source.error = (words.size() > 6 ? interval(words[6]).value_or(Seconds{}) : Seconds{}) / 2;
    source.error += words.size() > 7 ? interval(words[7]).value_or(Seconds{}) : Seconds{};
    return true;
}

/// "4/4 peers valid, constraint offset 0s, clock synced, stratum 3"; true when it is that line.
bool add_status(DaemonState& state, std::string_view line) {
    const bool synced = line.contains("clock synced");
    if (!synced && !line.contains("clock unsynced")) return false;
    if (synced) state.tracking.leap = Leap::none;
    const auto behind = [&](std::string_view mark) {
        const auto at = line.rfind(mark);
        if (at == std::string_view::npos) return std::string_view{};
        const auto rest = line.substr(at + mark.size());
        return rest.substr(0, rest.find_first_of(", "));
    };
    state.tracking.stratum = std::clamp(number(behind("stratum ")).value_or(0), 0, 16);
    state.tracking.offset = interval(behind("clock offset is ")).value_or(Seconds{});
    return true;
}

void add_reference(DaemonState& state) {
    auto& tracking = state.tracking;
    std::vector<Seconds> offsets;
    for (const auto& source : state.sources) {
        if (source.state == '*' && !tracking.reference && tracking.refid == 0) {
            tracking.reference = source.address;
            tracking.refid = source.refid;
            tracking.offset = source.offset;
        }
        if (source.state == '+') offsets.push_back(source.offset);
    }
    if (tracking.reference || tracking.refid != 0 || offsets.empty()) return;
    const auto middle = offsets.begin() + static_cast<std::ptrdiff_t>(offsets.size() / 2);
    std::ranges::nth_element(offsets, middle);
    tracking.offset = *middle;
}

}  // namespace

Result<DaemonState> parse_state(std::string_view text) {
    DaemonState state;
    state.kind = DaemonKind::openntpd;
    state.complete = true;
    state.tracking.bound_known = false;
    bool has_status = false, sensors = false;
    std::optional<DaemonSource> begun;
    while (!text.empty()) {
        const auto line = next_line(text);
        const auto words = words_of(line);
        if (words.empty()) continue;
        if (!has_status && add_status(state, line)) {
            has_status = true;
        } else if (words.size() == 1 && (words[0] == "peer" || words[0] == "sensor") && !begun) {
            sensors = words[0] == "sensor";
        } else if (begun && add_figures(*begun, words)) {
            if (!begun->refclock && !begun->address) ++state.unresolved;
            state.sources.push_back(std::move(*begun));
            begun.reset();
        } else if (has_status) {
            begun = sensors ? parse_sensor_name(words) : parse_peer_name(words);
        }
    }
    if (!has_status) return fail("ntpctl does not say whether the clock is synced");
    add_reference(state);
    return state;
}

}  // namespace clockwright::openntpd
