/// Rules on how the daemon may move the clock: local clock, steps, panic, what it keeps for itself.
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "daemon/lint_report.h"

namespace clockwright::rules {
namespace {

constexpr Rule local_clock{"local_clock", Severity::error, "C-9, H-9, F34",
                           "when all sources are lost the daemon goes on to say that it is "
                           "synchronised, to itself; nobody notices, and others may follow it"};
constexpr Rule panic_off{"panic_off", Severity::error, "T-1, F33",
                         "an error of any size is believed: one bad server moves this clock by "
                         "years"};
constexpr Rule steps_always{"step_unlimited", Severity::error, "T-3, F33",
                            "a running clock may jump, backwards too, at any time: databases, "
                            "Kerberos and log order break"};
constexpr Rule steps_often{"step_generous", Severity::warning, "T-1, T-3, F33",
                           "steps are for a start, before services run: of errors above a second, "
                           "in the first three updates"};
constexpr Rule no_step{"no_makestep", Severity::advice, "C-12, T-1",
                       "a clock that is far off at boot is slewed for hours instead"};
constexpr Rule ends{"maxchange_ends", Severity::warning, "C-12, T-5",
                    "chronyd ends when an offset is larger; after a pause of a virtual machine it "
                    "is, and then nothing keeps the clock"};
constexpr Rule no_rtcsync{"no_rtcsync", Severity::warning, "C-12, K-3, H-28",
                          "the kernel calls itself unsynchronised and never corrects the hardware "
                          "clock; monitors raise false alarms"};
constexpr Rule rtc_twice{"rtc_twice", Severity::warning, "R-3",
                         "chronyd takes one of the two; the model of the hardware clock is useless "
                         "when the kernel writes it"};
constexpr Rule no_driftfile{"no_driftfile", Severity::warning, "C-12",
                            "after every start the frequency is learned anew, for hours"};
constexpr Rule disabled{"ntp_disabled", Severity::warning, "H-39",
                        "ntpd measures and never corrects the clock"};
constexpr Rule slews_only{"ntpd_slews", Severity::warning, "T-1",
                          "-x slews errors up to 600 s at 500 ppm: a second takes 33 minutes, and "
                          "the kernel's discipline is off"};
constexpr Rule gone{"deprecated", Severity::advice, "A-7, C-12",
                    "the word does nothing any more, or is about to go"};
constexpr Rule fixed_port{"acquisition_port", Severity::advice, "E-5",
                          "one known port makes forged answers easier (RFC 9109)"};
constexpr Rule far_sources{"maxdistance_raised", Severity::advice, "C-10",
                           "sources whose own error may be seconds are believed; not for "
                           "compliance"};

constexpr Rule unproved{"no_root_dispersion", Severity::advice, "C-12, H-35",
                        "it ignores leap seconds, names no falseticker and gives no error bound: "
                        "not for compliance"};
constexpr Rule no_constraint{"no_constraint", Severity::advice, "C-12",
                             "dates of HTTPS servers would keep lies of more than minutes out"};

/// The numbers of a directive's arguments, as many as can be read from the first on.
std::vector<double> numbers_of(const Directive& directive) {
    std::vector<double> numbers;
    for (const std::string& text : directive.arguments) {
        double value = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) break;
        numbers.push_back(value);
    }
    return numbers;
}

/// Not Debian's NTPsec: its files lie elsewhere, and it may be the reference implementation.
bool is_classic(const LintInput& input) {
    return is_ntpd(input) && !input.config->main_file.contains("ntpsec");
}

void check_local_clock(const LintInput& input, Report& report) {
    for (const Directive* clock : input.config->all("refclock")) {
        if (!is_local_clock(*clock)) continue;
        const Place place = *clock;
        report.add(
            local_clock,
            fmt::format("{} makes this clock its own source ({})", place.text(),
                        clock->arguments.front()),
            fmt::format("remove {} and its `fudge`; isolated servers: tos orphan 6", place.text()),
            place);
    }
    const Directive* local = is_chrony(input) ? input.config->find("local") : nullptr;
    if (local == nullptr) return;
    const Place place = *local;
    const bool serves = input.config->serves_time;
    report.add_as(serves ? Severity::warning : Severity::error, local_clock,
                  fmt::format("{} lets chronyd serve its own clock{}", place.text(),
                              serves ? "" : ", on a host that serves nobody"),
                  serves ? "local stratum 10 orphan, and only where no source can be reached"
                         : fmt::format("remove {}", place.text()),
                  place);
}

void check_makestep(const LintInput& input, Report& report) {
    const Directive* step = input.config->find("makestep");
    if (step == nullptr) {
        if (input.config->find("initstepslew") != nullptr) return;  // steps at the start
        report.add(no_step, fmt::format("{} has no makestep", input.config->main_file),
                   "makestep 1.0 3", {input.config->main_file, 0});
        return;
    }
    const Place place = *step;
    const auto numbers = numbers_of(*step);
    if (numbers.size() < 2) return;
    const std::string what =
        fmt::format("{} says makestep {} {}", place.text(), numbers[0], numbers[1]);
    if (numbers[1] < 0) {
        report.add(steps_always, what, "makestep 1.0 3", place);
    } else if (numbers[1] > 3 || numbers[0] < 0.1) {
        report.add(steps_often, what, "makestep 1.0 3", place);
    }
}

void check_maxchange(const LintInput& input, Report& report) {
    const Directive* change = input.config->find("maxchange");
    if (change == nullptr) return;
    const auto numbers = numbers_of(*change);
    if (numbers.size() < 3 || numbers[2] < 0) return;
    const Place place = *change;
    report.add(ends, fmt::format("{} lets chronyd end itself", place.text()),
               fmt::format("maxchange {} {} -1", numbers[0], numbers[1]), place);
}

/// Words that are ignored or on their way out.
struct Gone {
    std::string_view word, instead;
};
constexpr std::array gone_from_chrony{
    Gone{"commandkey", "remove it: the command socket replaced it"},
    Gone{"generatecommandkey", "remove it: the command socket replaced it"},
    Gone{"linux_freq_scale", "remove it"},
    Gone{"linux_hz", "remove it"},
    Gone{"initstepslew", "makestep 1.0 3, and iburst on the sources"},
};
constexpr std::array gone_from_ntpd{
    Gone{"crypto", "remove it: Autokey is gone; nts on the sources"},
    Gone{"keysdir", "remove it: Autokey is gone"},
    Gone{"revoke", "remove it: Autokey is gone"},
    Gone{"broadcastclient", "server lines: broadcast cannot be trusted"},
    Gone{"multicastclient", "server lines: multicast cannot be trusted"},
    Gone{"manycastclient", "pool or server lines"},
    Gone{"manycastserver", "remove it"},
    Gone{"requestkey", "remove it: mode 7 is gone"},
};

template <class Rows>
void check_gone(const LintInput& input, const Rows& rows, Report& report) {
    for (const Gone& row : rows) {
        if (const Directive* directive = input.config->find(row.word)) {
            const Place place = *directive;
            report.add(gone, fmt::format("{} uses {}", place.text(), row.word),
                       std::string(row.instead), place);
        }
    }
}

void check_chrony(const LintInput& input, Report& report) {
    const DaemonConfig& config = *input.config;
    check_makestep(input, report);
    check_maxchange(input, report);
    const Directive* sync = config.find("rtcsync");
    const Directive* file = config.find("rtcfile");
    if (sync == nullptr && file == nullptr) {
        report.add(no_rtcsync, fmt::format("{} has no rtcsync", config.main_file), "rtcsync",
                   {config.main_file, 0});
    } else if (sync != nullptr && file != nullptr) {
        report.add(rtc_twice,
                   fmt::format("{} has rtcsync and {} has rtcfile", Place(*sync).text(),
                               Place(*file).text()),
                   fmt::format("remove {}", Place(*file).text()), *file);
    }
    if (const Directive* port = config.find("acquisitionport");
        port != nullptr && !numbers_of(*port).empty() && numbers_of(*port)[0] > 0) {
        report.add(fixed_port, fmt::format("{} sends from one port", Place(*port).text()),
                   fmt::format("remove {}", Place(*port).text()), *port);
    }
    if (const Directive* most = config.find("maxdistance");
        most != nullptr && !numbers_of(*most).empty() && numbers_of(*most)[0] > 3) {
        report.add(far_sources,
                   fmt::format("{} allows a root distance of {} s", Place(*most).text(),
                               numbers_of(*most)[0]),
                   fmt::format("remove {} where the sources allow it", Place(*most).text()), *most);
    }
    check_gone(input, gone_from_chrony, report);
}

void check_ntpd(const LintInput& input, Report& report) {
    for (const Directive* tinker : input.config->all("tinker")) {
        const Place place = *tinker;
        double value = 1;
        if (number_after(*tinker, "panic", value) && value == 0) {
            report.add_as(
                input.host.virtual_machine ? Severity::warning : panic_off.severity, panic_off,
                fmt::format("{} switches the panic limit off", place.text()),
                fmt::format("remove {}; -g allows one large correction at a start", place.text()),
                place);
        }
        if (number_after(*tinker, "step", value) && value > 0 && value < 0.1) {
            report.add(steps_often, fmt::format("{} steps errors of {} s", place.text(), value),
                       fmt::format("remove `step` from {} (0.128 s)", place.text()), place);
        }
    }
    for (const Directive* directive : input.config->all("disable")) {
        if (std::ranges::find(directive->arguments, "ntp") == directive->arguments.end()) continue;
        const Place place = *directive;
        // In a container that may not set the clock this is how NTPsec watches.
        report.add_as(input.host.container ? Severity::advice : disabled.severity, disabled,
                      fmt::format("{} says `disable ntp`", place.text()),
                      fmt::format("remove it, then {}", restart_command(input)), place);
    }
    if (input.host.program && has_flag(input.host.program->argv, 'x')) {
        report.add(slews_only, fmt::format("ntpd (pid {}) runs with -x", input.host.program->pid),
                   fmt::format("remove -x from what starts it ({})",
                               is_classic(input) ? "/etc/default/ntp or /etc/sysconfig/ntpd"
                                                 : "NTPD_OPTS in /etc/default/ntpsec"));
    }
    check_gone(input, gone_from_ntpd, report);
}

void check_openntpd(const LintInput& input, Report& report) {
    const DaemonConfig& config = *input.config;
    report.add(unproved, fmt::format("{} is OpenNTPD's", config.main_file),
               "chrony where an error bound must be shown", {config.main_file, 0});
    if (config.all("constraint").empty() && config.all("constraints").empty()) {
        report.add(no_constraint, fmt::format("{} has no constraint", config.main_file),
                   "constraints from \"https://www.example.org\" (a site of yours)",
                   {config.main_file, 0});
    }
}

}  // namespace

void check_steering(const LintInput& input, Report& report) {
    check_local_clock(input, report);
    if (is_chrony(input)) check_chrony(input, report);
    if (is_ntpd(input)) check_ntpd(input, report);
    if (input.kind == DaemonKind::openntpd) check_openntpd(input, report);
    const bool keeps_drift = is_chrony(input) || is_ntpd(input);
    if (keeps_drift && input.config->find("driftfile") == nullptr) {
        report.add(no_driftfile, fmt::format("{} has no driftfile", input.config->main_file),
                   is_chrony(input)    ? "driftfile /var/lib/chrony/chrony.drift"
                   : is_classic(input) ? "driftfile /var/lib/ntp/drift"
                                       : "driftfile /var/lib/ntpsec/ntp.drift",
                   {input.config->main_file, 0});
    }
}

}  // namespace clockwright::rules
