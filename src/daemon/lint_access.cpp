/// Rules on who may ask the daemon and who may change it.
#include <fmt/format.h>

#include <array>
#include <span>

#include "daemon/lint_report.h"

namespace clockwright::rules {
namespace {

constexpr Rule open_server{"open_server", Severity::warning, "H-34, S4-7",
                           "anybody may ask, without a limit: this host can be used to flood "
                           "others"};
constexpr Rule open_limited{"open_to_all", Severity::advice, "H-34",
                            "right for a public server, a surprise on any other host"};
constexpr Rule open_control{"open_control", Severity::error, "H-34",
                            "others than this host may give the daemon orders or read its state"};
constexpr Rule no_restrict{"no_restrict", Severity::warning, "H-34, C-12, S4-7",
                           "whoever reaches this host may ask ntpd for more than the time"};
constexpr Rule weak_restrict{"weak_restrict", Severity::warning, "H-34, C-12, S4-7",
                             "everybody gets what these words keep from them"};

constexpr const char* good_restrict = "restrict default kod limited nomodify noquery";

bool is_everybody(const Directive& allow) {
    constexpr std::array<std::string_view, 5> everybody{"0/0", "0.0.0.0/0", "::/0", "0.0.0.0",
                                                        "::"};
    std::string subnet;
    for (const std::string& word : allow.arguments)
        if (!same_word(word, "all")) subnet = word;
    return subnet.empty() || std::ranges::find(everybody, subnet) != everybody.end();
}

/// By itself chronyd listens for commands on loopback only.
bool hears_others(const DaemonConfig& config) {
    const Directive* port = config.find("cmdport");
    if (port != nullptr && !port->arguments.empty() && port->arguments.front() == "0") return false;
    return std::ranges::any_of(config.all("bindcmdaddress"), [](const Directive* bound) {
        const auto address =
            bound->arguments.empty() ? std::nullopt : parse_address(bound->arguments.front());
        return address && !address->is_loopback();
    });
}

/// Of two lines on one subnet the later one counts (chrony.conf(5)).
bool is_taken_back(const Directive& allow, const DaemonConfig& config) {
    const auto& all = config.directives;
    const auto rest = std::span(all).subspan(static_cast<std::size_t>(&allow - all.data()) + 1);
    return std::ranges::any_of(
        rest, [](const Directive& later) { return later.name == "deny" && is_everybody(later); });
}

void check_chrony(const DaemonConfig& config, Report& report) {
    for (const Directive* allow : config.all("allow")) {
        if (!is_everybody(*allow) || !config.serves_time || is_taken_back(*allow, config)) continue;
        const Place place = *allow;
        const bool limited = config.find("ratelimit") != nullptr;
        report.add(limited ? open_limited : open_server,
                   fmt::format("{} lets everybody ask for the time{}", place.text(),
                               limited ? "" : ", and there is no ratelimit"),
                   limited ? "allow 10.0.0.0/8 (your networks)"
                           : "ratelimit, or allow 10.0.0.0/8 (your networks)",
                   place);
    }
    const bool listens = hears_others(config);
    for (const Directive* allow : config.all("cmdallow")) {
        const Place place = *allow;
        const auto& words = allow->arguments;
        const bool local =
            !words.empty() && (words.front() == "127.0.0.1" || words.front() == "::1" ||
                               words.front().starts_with("127."));
        if (local) continue;
        report.add_as(listens ? open_control.severity : Severity::advice, open_control,
                      fmt::format("{} opens chronyd's commands to others{}", place.text(),
                                  listens ? "" : ", once it listens to them"),
                      fmt::format("remove {}", place.text()), place);
    }
}

bool has_word(const Directive& directive, std::string_view word) {
    return std::ranges::find(directive.arguments, word) != directive.arguments.end();
}

void check_default(const Directive& restriction, Report& report) {
    if (has_word(restriction, "ignore")) return;
    const Place place = restriction;
    std::vector<std::string> missing;
    for (const char* word : {"limited", "nomodify", "noquery"})
        if (!has_word(restriction, word)) missing.emplace_back(word);
    // A packet that may not ask at all may not ask for more either.
    if (missing.empty() || has_word(restriction, "noserve")) return;
    const bool queries = std::ranges::find(missing, "noquery") != missing.end();
    report.add_as(queries ? Severity::error : weak_restrict.severity, weak_restrict,
                  fmt::format("{} (restrict default) lacks {}", place.text(), names_of(missing)),
                  good_restrict, place);
}

void check_ntpd(const DaemonConfig& config, Report& report) {
    bool has_default = false;
    for (const Directive* restriction : config.all("restrict")) {
        if (!has_word(*restriction, "default")) continue;
        has_default = true;
        check_default(*restriction, report);
    }
    if (!has_default) {
        report.add(no_restrict, fmt::format("{} has no `restrict default`", config.main_file),
                   good_restrict, {config.main_file, 0});
    }
}

}  // namespace

void check_access(const LintInput& input, Report& report) {
    if (is_chrony(input)) check_chrony(*input.config, report);
    if (is_ntpd(input)) check_ntpd(*input.config, report);
}

}  // namespace clockwright::rules
