/// Rules on each source by itself: manners, names that cannot work, servers that must not be used.
#include <fmt/format.h>

#include <cctype>

#include "daemon/lint_report.h"
#include "time/spell.h"

namespace clockwright::rules {
namespace {

constexpr Rule poll_fast{"poll_too_fast", Severity::warning, "E-1, H-32, F22",
                         "public servers take less than 64 s between two packets for abuse, and "
                         "may refuse the whole site"};
constexpr Rule burst{"burst", Severity::warning, "E-1, E-2, H-32",
                     "eight packets for one at every poll; no public server allows it"};
constexpr Rule pool_crowd{"pool_crowd", Severity::warning, "C-5, H-32",
                          "the pool asks for four servers a host at most"};
constexpr Rule pool_member{"pool_as_server", Severity::advice, "C-5, C-7",
                           "one address, taken once: when that member leaves the pool nobody "
                           "replaces it"};
constexpr Rule impossible{"impossible_name", Severity::warning, "F23",
                          "no such name exists, so the line never gives a source"};
constexpr Rule ut1{"ut1_server", Severity::error, "H-38",
                   "UT1 differs from UTC by up to 0.9 s and drifts"};
constexpr Rule restricted{"restricted_server", Severity::advice, "C-4",
                          "servers are used with their operator's permission"};
constexpr Rule offline{"all_offline", Severity::warning, "H-26",
                       "nothing is asked until somebody says `chronyc online`; on a server nobody "
                       "does"};
constexpr Rule autokey{"autokey", Severity::warning, "A-7",
                       "Autokey is broken and gives no protection (RFC 8633)"};

/// As this daemon's configuration says it; ntpd-rs has a table for it.
std::string least_poll(const LintInput& input, bool most_too) {
    if (is_ntpd_rs(input)) return "poll-interval-limits = { min = 6, max = 10 }";
    return most_too ? "minpoll 6 maxpoll 10" : "minpoll 6, or leave it out";
}

std::string pool_line(const LintInput& input, const std::string& name, int members) {
    if (is_ntpd_rs(input))
        return fmt::format("mode = \"pool\", address = \"{}\", count = {}", name, members);
    return fmt::format("pool {} iburst{}", name,
                       is_chrony(input) ? fmt::format(" maxsources {}", members) : "");
}

void check_manners(const LintInput& input, const SourceLine& line, Report& report) {
    const bool fast_least = line.minpoll.value_or(6) < 6;
    const bool fast_most = line.maxpoll.value_or(10) < 6;
    if (fast_least || fast_most) {
        report.add(poll_fast,
                   fmt::format("{} asks {} every {} s", line.location(), line.name,
                               1 << std::max(0, fast_least ? *line.minpoll : *line.maxpoll)),
                   least_poll(input, fast_most), line);
    }
    if (line.burst) {
        report.add(burst, fmt::format("{} asks {} in bursts", line.location(), line.name),
                   "iburst instead of burst", line);
    }
}

const SourceLine* first_stranger(const LintInput& input) {
    for (const std::size_t i : voters(input))
        if (input.traits[i].is_public && !input.config->sources[i].minpoll)
            return &input.config->sources[i];
    return nullptr;
}

/// What holds for each line of ntpd-rs that says nothing itself.
void check_default_poll(const LintInput& input, Report& report) {
    const SourceLine* stranger = first_stranger(input);
    if (!is_ntpd_rs(input) || stranger == nullptr) return;
    double least = traits_of(input.kind).default_minpoll;
    const Directive* said = input.config->find("minpoll");
    if (said != nullptr) {
        Directive named = *said;
        named.arguments.insert(named.arguments.begin(), "minpoll");
        number_after(named, "minpoll", least);
    }
    if (least >= 6) return;
    report.add(poll_fast,
               fmt::format("{} asks {} every {} s, as {} says", stranger->location(),
                           stranger->name, 1 << static_cast<int>(least),
                           said != nullptr ? Place(*said).text() : "ntpd-rs by itself"),
               "[source-defaults] " + least_poll(input, true), *stranger);
}

/// "32", "32s", "1min 30s" of systemd.time(7), as far as anybody writes it here.
std::optional<Seconds> time_span(const Directive& setting) {
    Seconds sum{};
    for (std::string word : setting.arguments) {
        if (word.ends_with("min") || word.ends_with("sec")) word.resize(word.size() - 2);
        if (!word.empty() && std::isdigit(static_cast<unsigned char>(word.back())) != 0)
            word += 's';
        const auto part = parse_duration(word);
        if (!part) return std::nullopt;
        sum += *part;
    }
    return sum;
}

void check_timesyncd_poll(const LintInput& input, Report& report) {
    const SourceLine* stranger = first_stranger(input);
    if (input.kind != DaemonKind::timesyncd || stranger == nullptr) return;
    struct Setting {
        const char* name;
        Seconds least;
        const char* cure;
    };
    for (const Setting& setting :
         {Setting{"pollintervalminsec", Seconds{32}, "PollIntervalMinSec=32"},
          Setting{"pollintervalmaxsec", Seconds{64}, "PollIntervalMaxSec=2048"}}) {
        const Directive* said = input.config->find(setting.name);
        const auto span = said == nullptr ? std::nullopt : time_span(*said);
        if (!span || *span >= setting.least) continue;
        report.add(poll_fast,
                   fmt::format("{} lets {} be asked every {:.0f} s", Place(*said).text(),
                               stranger->name, span->count()),
                   setting.cure, *said);
    }
}

/// "7" of "7.pool.ntp.org" and the names that are the same with a digit too many.
bool is_impossible(std::string_view name) {
    const auto label_of = [](std::string_view text) { return text.substr(0, text.find('.')); };
    const auto is_number = [](std::string_view label) {
        return !label.empty() &&
               std::ranges::all_of(label, [](unsigned char c) { return std::isdigit(c) != 0; });
    };
    const std::string_view first = label_of(name);
    if (!is_number(first) || name.size() == first.size()) return false;
    const std::string_view rest = name.substr(first.size() + 1);
    if (rest == "time.cloudflare.com" || rest == "pool.pool.ntp.org") return true;
    if (!rest.ends_with("pool.ntp.org")) return false;
    return first.size() > 1 || first[0] > '3' || is_number(label_of(rest));
}

/// More members of the pool than it allows.
void check_pool(const LintInput& input, Report& report) {
    int members = 0;
    const SourceLine* first = nullptr;
    for (const std::size_t i : voters(input)) {
        if (!input.traits[i].of_ntp_pool) continue;
        const SourceLine& line = input.config->sources[i];
        if (first == nullptr) first = &line;
        // ntpd's own limit (tos maxclock) holds for all its pools together: names are counted.
        members += is_ntpd(input) ? 1 : sources_of(line);
    }
    if (members <= 4) return;
    report.add(pool_crowd,
               fmt::format("{} {} of the NTP pool are asked (from {} on)", members,
                           is_ntpd(input) ? "names" : "members", first->location()),
               is_ntpd(input) ? "four names of the pool at most"
                              : "once: " + pool_line(input, first->name, 4),
               *first);
}

void check_offline(const LintInput& input, Report& report) {
    const auto& sources = input.config->sources;
    if (sources.empty() || !std::ranges::all_of(sources, &SourceLine::offline)) return;
    report.add(offline,
               fmt::format("all sources begin offline (from {} on)", sources.front().location()),
               "remove `offline`", sources.front());
}

void check_one(const LintInput& input, std::size_t i, Report& report) {
    const SourceLine& line = input.config->sources[i];
    const SourceTraits& traits = input.traits[i];
    if (traits.is_public) check_manners(input, line, report);
    if (is_impossible(line.name)) {
        report.add(impossible, fmt::format("{} names {}", line.location(), line.name),
                   fmt::format("remove {}", line.location()), line);
    } else if (traits.of_ntp_pool && line.type == SourceLine::Type::server &&
               traits_of(input.kind).pools) {
        report.add(pool_member, fmt::format("{} names the pool as one server", line.location()),
                   pool_line(input, line.name, 1), line);
    }
    if (traits.timescale == Timescale::ut1) {
        report.add(ut1, fmt::format("{} serves UT1 ({})", line.name, line.location()),
                   fmt::format("remove {}", line.location()), line);
    }
    if (traits.restricted) {
        report.add(restricted,
                   fmt::format("{} is not open to everybody ({})", line.name, line.location()),
                   fmt::format("clockwright servers show {}", line.name), line);
    }
    if (std::ranges::find(line.unknown_options, "autokey") != line.unknown_options.end()) {
        report.add(autokey, fmt::format("{} uses Autokey", line.location()), "nts, or a key", line);
    }
}

}  // namespace

void check_source_lines(const LintInput& input, Report& report) {
    for (std::size_t i = 0; i < input.config->sources.size(); ++i) check_one(input, i, report);
    check_default_poll(input, report);
    check_timesyncd_poll(input, report);
    check_pool(input, report);
    check_offline(input, report);
}

}  // namespace clockwright::rules
