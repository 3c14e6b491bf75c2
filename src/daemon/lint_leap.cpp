/// Rules on leap seconds, NTS at a first boot, and where our own lines may go.
#include <fmt/format.h>

#include <array>

#include "daemon/lint_report.h"
#include "time/spell.h"

namespace clockwright::rules {
namespace {

constexpr Rule no_table{"no_leap_source", Severity::advice, "C-12, L-2",
                        "the next leap second is then only known when the sources announce it"};
constexpr Rule missing{"leap_table_missing", Severity::warning, "L-2, H-5",
                       "the daemon knows no leap second, and says so in its log at best"};
constexpr Rule expired{"leap_table_expired", Severity::error, "L-2, H-5",
                       "nobody can say by it whether a leap second comes; the daemon may ignore "
                       "one that does"};
constexpr Rule expiring{"leap_table_expiring", Severity::warning, "L-2, H-5",
                        "after that nobody can say by it whether a leap second comes"};
constexpr Rule smeared{"leap_table_beside_smear", Severity::warning, "L-3",
                       "the clock then inserts a leap second that its sources have smeared "
                       "already"};
constexpr Rule first_boot{"nts_first_boot", Severity::advice, "A-4",
                          "a clock that is far off cannot judge certificates, and without them it "
                          "gets no time"};
constexpr Rule no_place{"no_sourcedir", Severity::advice, "T-6",
                        "our sources can only go there, where chronyd takes them up without a "
                        "restart"};

constexpr std::chrono::hours warning_time{60 * 24};

/// SUSE has the tables in a package of another name.
std::string zone_package(const HostFacts& host) {
    const bool suse = !host.installer.empty() && host.installer.front().ends_with("/zypper");
    return suse ? "timezone" : "tzdata";
}

std::string renewing(const HostFacts& host) {
    constexpr std::array<std::pair<std::string_view, const char*>, 5> commands{
        {{"/usr/bin/apt-get", "apt-get install --only-upgrade tzdata"},
         {"/usr/bin/dnf", "dnf upgrade tzdata"},
         {"/usr/bin/zypper", "zypper update timezone"},
         {"/sbin/apk", "apk upgrade tzdata"},
         {"/usr/bin/pacman", "pacman -Syu"}}};
    for (const auto& [program, command] : commands)
        if (!host.installer.empty() && host.installer.front() == program) return command;
    return "bring the package tzdata up to date";
}

/// Debian 13 and Ubuntu 24.04 moved right/UTC to a package of its own; elsewhere it may be gone.
std::string getting_zone(const HostFacts& host) {
    const bool debian = !host.installer.empty() && host.installer.front().ends_with("/apt-get");
    return fmt::format("{}, or leapseclist /usr/share/zoneinfo/leap-seconds.list (chrony 4.6)",
                       installing(host, debian ? "tzdata-legacy" : zone_package(host)).text);
}

/// The date alone.
std::string day(WallTime at) {
    return rfc3339(at).substr(0, 10);
}

void check_table(const LintInput& input, const LeapSource& source, Report& report) {
    const Place place{source.file, source.line};
    const std::string named =
        fmt::format("{} ({} {})", source.table, place.text(), source.directive);
    if (!source.exists) {
        const bool zone = source.table.contains("/right/");
        report.add(missing, fmt::format("{} is not there", named),
                   zone ? Cure(getting_zone(input.host))
                        : installing(input.host, zone_package(input.host)),
                   place);
    } else if (source.expires && *source.expires <= input.now) {
        report.add(expired, fmt::format("{} expired on {}", named, day(*source.expires)),
                   renewing(input.host), place);
    } else if (source.expires && *source.expires - input.now < warning_time) {
        report.add(expiring, fmt::format("{} expires on {}", named, day(*source.expires)),
                   renewing(input.host), place);
    }
}

const SourceLine* first_smearer(const LintInput& input) {
    for (const std::size_t i : voters(input)) {
        const Smear smear = input.traits[i].smear;
        if (smear != Smear::none && smear != Smear::unknown) return &input.config->sources[i];
    }
    return nullptr;
}

void check_first_boot(const LintInput& input, Report& report) {
    const auto& sources = input.config->sources;
    if (sources.empty() || !std::ranges::all_of(sources, &SourceLine::nts)) return;
    if (input.config->find("nocerttimecheck") != nullptr) return;
    report.add(first_boot,
               fmt::format("all sources want NTS (from {} on), also when the clock is far off",
                           sources.front().location()),
               "nocerttimecheck 1 (needs a restart), or one plain source", sources.front());
}

}  // namespace

void check_leap_seconds(const LintInput& input, Report& report) {
    for (const LeapSource& source : input.host.leap_sources) check_table(input, source, report);
    const SourceLine* smearer = first_smearer(input);
    const bool knows = is_chrony(input) || is_ntpd(input);
    if (smearer != nullptr && !input.host.leap_sources.empty()) {
        const LeapSource& source = input.host.leap_sources.front();
        const Place place{source.file, source.line};
        report.add(smeared,
                   fmt::format("{} loads a leap second table, and {} ({}) smears", place.text(),
                               smearer->name, smearer->location()),
                   fmt::format("remove {}", place.text()), place);
    } else if (smearer == nullptr && knows && input.host.leap_sources.empty()) {
        report.add(no_table,
                   fmt::format("{} names no table of leap seconds", input.config->main_file),
                   is_chrony(input) ? "leapsectz right/UTC"
                                    : "leapfile /usr/share/zoneinfo/leap-seconds.list",
                   {input.config->main_file, 0});
    }
    if (!is_chrony(input)) return;
    check_first_boot(input, report);
    if (input.config->own_file.empty()) {
        report.add(no_place,
                   fmt::format("{} has no sourcedir outside /run", input.config->main_file),
                   "sourcedir /etc/chrony/sources.d (needs a restart of chronyd, once)",
                   {input.config->main_file, 0});
    }
}

}  // namespace clockwright::rules
