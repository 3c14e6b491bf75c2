/// Rules on the host around the daemon: which daemons there are, ports, permissions, the domain.
#include <fmt/format.h>

#include "daemon/lint_report.h"
#include "daemon/places.h"

namespace clockwright::rules {
namespace {

constexpr Rule two_hands{"two_hands", Severity::error, "H-18, F32",
                         "they correct each other's corrections, and the clock follows neither"};
constexpr Rule two_enabled{"second_daemon_enabled", Severity::warning, "T-6, H-18, F32",
                           "after the next boot two programs may move one clock, or the wrong one"};
constexpr Rule no_daemon{"no_daemon", Severity::error, "T-4",
                         "nothing keeps this clock: at 15 ppm it is a second off in 18 hours"};
constexpr Rule not_running{"daemon_not_running", Severity::error, "T-4",
                           "nothing keeps this clock until it runs"};
constexpr Rule not_enabled{"daemon_not_enabled", Severity::warning, "T-6",
                           "it runs now, and not after the next boot"};
constexpr Rule masked_rule{"daemon_masked", Severity::warning, "T-6",
                           "systemd refuses to start it, and a restart ends it for good"};
constexpr Rule panic_loop{"panic_restart", Severity::error, "T-5, H-31",
                          "each restart with -g allows one correction of any size: a lying server "
                          "moves the clock as far as it likes"};
constexpr Rule only_watches{"only_watches", Severity::warning, "H-39",
                            "the daemon says that it is synchronised, and the clock runs free"};
constexpr Rule other_config{"other_config", Severity::warning, "T-6",
                            "edits of the usual file do nothing while it runs like this"};
constexpr Rule port_taken{"port_taken", Severity::warning, "H-18",
                          "the daemon cannot answer or ask from there, and a second time service "
                          "may be at work"};
constexpr Rule open_file{"file_writable", Severity::error, "T-6, S1-90",
                         "whoever may write it decides how this clock is kept"};
constexpr Rule open_keys{"keys_readable", Severity::error, "A-7",
                         "who knows the keys can answer in the servers' names"};
constexpr Rule member{"domain_member", Severity::advice, "T-3, J4",
                      "Kerberos breaks at 300 s from the controllers' time: their difference from "
                      "UTC comes first when sources change"};

std::string stem(const std::string& unit) {
    return unit.substr(0, unit.rfind('.'));
}

std::string unit_name(const DaemonPresence& daemon) {
    return stem(daemon.unit);
}

bool is_openrc(const DaemonPresence& daemon) {
    return daemon.unit_file.starts_with("/etc/init.d/");
}

/// From now on and at every boot.
Commands starting(const DaemonPresence& daemon) {
    const std::string name = unit_name(daemon);
    if (!is_openrc(daemon)) return {systemctl({"enable", "--now", name})};
    return {{"/sbin/rc-update", "add", name}, {"/sbin/rc-service", name, "start"}};
}

Commands stopping(const DaemonPresence& daemon) {
    const std::string name = unit_name(daemon);
    if (!is_openrc(daemon)) return {systemctl({"disable", "--now", name})};
    return {{"/sbin/rc-service", name, "stop"}, {"/sbin/rc-update", "del", name}};
}

Cure installing_chrony(const HostFacts& host) {
    if (host.container) return "nothing in a container: the clock is the host's";
    return installing(host, "chrony");
}

void check_hands(const LintInput& input, Report& report) {
    std::vector<std::string> hands;
    const ClockProgram* other = nullptr;
    const bool ours_watches = input.host.program && !input.host.program->steers();
    for (const ClockProgram& program : input.host.programs) {
        if (!program.steers() || ours_watches) continue;
        hands.push_back(fmt::format("{} (pid {})", program.name, program.pid));
        if (!input.host.program || program.pid != input.host.program->pid) other = &program;
    }
    if (hands.size() < 2 || other == nullptr) return;
    // A command only where it can stop no other than that one.
    const bool apart =
        !other->unit.empty() && (!input.host.program || other->unit != input.host.program->unit);
    Cure cure = apart ? Cure(Commands{systemctl({"disable", "--now", stem(other->unit)})})
                      : Cure(fmt::format("stop {} (pid {})", other->name, other->pid));
    cure.text = "keep one: " + cure.text;
    report.add(two_hands, fmt::format("{} move this clock", names_of(hands)), std::move(cure));
}

void check_our_daemon(const LintInput& input, const DaemonPresence& ours, Report& report) {
    const std::string unit = unit_name(ours);
    if (ours.masked) {
        report.add(masked_rule, fmt::format("{} is masked", ours.unit),
                   Commands{systemctl({"unmask", unit}), systemctl({"enable", "--now", unit})});
    } else if (input.host.program && !ours.unit_file.empty() && !ours.enabled) {
        report.add(not_enabled, fmt::format("{} is not enabled", ours.unit),
                   is_openrc(ours) ? Commands{{"/sbin/rc-update", "add", unit}}
                                   : Commands{systemctl({"enable", unit})});
    }
    const bool restarts =
        !ours.restart.empty() && ours.restart != "no" && ours.restart != "on-success";
    if (is_ntpd(input) && restarts && input.host.program &&
        has_flag(input.host.program->argv, 'g')) {
        report.add(panic_loop,
                   fmt::format("{} has Restart={} and ntpd runs with -g", ours.unit, ours.restart),
                   fmt::format("Restart=no (systemctl edit {})", unit), {ours.unit_file, 0});
    }
}

void check_running(const LintInput& input, const DaemonPresence* ours, Report& report) {
    const bool somebody = std::ranges::any_of(input.host.programs, &ClockProgram::steers);
    if (input.host.program) {
        if (input.host.program->steers()) return;
        report.add_as(input.host.container || !input.host.system_daemon ? Severity::advice
                                                                        : only_watches.severity,
                      only_watches,
                      fmt::format("{} (pid {}) may not or must not set the clock",
                                  input.host.program->name, input.host.program->pid),
                      "nothing in a container; else remove -x, and see ConditionCapability");
    } else if (ours == nullptr && input.host.daemons.empty() && !somebody) {
        report.add_as(input.host.container ? Severity::advice : no_daemon.severity, no_daemon,
                      "no time daemon is installed", installing_chrony(input.host));
    } else if (!somebody && input.host.system_daemon) {
        const auto program = traits_of(input.kind).program;
        const DaemonPresence& there = ours == nullptr ? input.host.daemons.front() : *ours;
        report.add_as(input.host.container ? Severity::advice : not_running.severity, not_running,
                      ours == nullptr
                          ? fmt::format("{} is not installed, only its file is; {} does not run",
                                        program, traits_of(there.kind).program)
                          : fmt::format("{} does not run", program),
                      starting(there));
    }
}

void check_others(const LintInput& input, const DaemonPresence* ours, Report& report) {
    for (const DaemonPresence& daemon : input.host.daemons) {
        if (&daemon == ours || !daemon.enabled || daemon.masked || daemon.yields) continue;
        if (ours == nullptr || !(ours->enabled || ours->program)) continue;
        report.add(two_enabled, fmt::format("{} is enabled beside {}", daemon.unit, ours->unit),
                   stopping(daemon), {daemon.unit_file, 0});
    }
}

void check_ports(const LintInput& input, Report& report) {
    for (const PortUse& use : input.host.ports) {
        if (!use.bound || use.by_daemon) continue;
        const bool known = !use.holder.empty();
        if (!known && input.host.program) continue;  // as far as this user sees it is the daemon's
        report.add(port_taken,
                   fmt::format("UDP port {} is held by {}", use.port,
                               known ? use.holder : "a program that is no time daemon we know"),
                   fmt::format("ss -lunp 'sport = :{}'", use.port));
    }
}

}  // namespace

void check_files(const LintInput& input, Report& report) {
    for (const FileOwner& file : input.host.files) {
        const Place place{file.path, 0};
        if (file.uid != 0 && !file.secret) {
            report.add(open_file, fmt::format("{} belongs to uid {}", file.path, file.uid),
                       Commands{{"/usr/bin/chown", "root:root", file.path}}, place);
        } else if ((file.mode & 022U) != 0) {
            report.add(open_file,
                       fmt::format("{} is writable by others than its owner (mode {:04o})",
                                   file.path, file.mode),
                       Commands{{"/usr/bin/chmod", "go-w", file.path}}, place);
        }
        if (file.secret && (file.mode & 004U) != 0) {
            report.add(
                open_keys,
                fmt::format("{} is readable by everybody (mode {:04o})", file.path, file.mode),
                Commands{{"/usr/bin/chmod", "0640", file.path}}, place);
        }
    }
}

void check_daemons(const LintInput& input, Report& report) {
    const auto found = std::ranges::find(input.host.daemons, input.kind, &DaemonPresence::kind);
    const DaemonPresence* ours = found == input.host.daemons.end() ? nullptr : &*found;
    check_hands(input, report);
    check_running(input, ours, report);
    check_ports(input, report);
    if (input.host.system_daemon) {
        if (ours != nullptr) check_our_daemon(input, *ours, report);
        check_others(input, ours, report);
    }
    const HostFacts& host = input.host;
    if (!host.running_config.empty() && !host.installed_config.empty() &&
        host.running_config != host.installed_config && host.running_config.starts_with("/run/")) {
        report.add(
            other_config,
            fmt::format("{} reads {}, which DHCP made, and not {}", traits_of(input.kind).program,
                        host.running_config, host.installed_config),
            host.installed_config == "/etc/ntpsec/ntp.conf"
                ? "IGNORE_DHCP=\"yes\" in /etc/default/ntpsec, then systemctl restart ntpsec"
                : fmt::format("start it with {}", host.installed_config),
            {host.running_config, 0});
    }
    if (host.domain) {
        report.add(member,
                   fmt::format("this host is a member of {} ({})",
                               host.domain->domain.empty() ? "a domain" : host.domain->domain,
                               host.domain->evidence),
                   "keep the controllers among the sources; clockwright scan CONTROLLER… compares "
                   "them");
    }
}

}  // namespace clockwright::rules
