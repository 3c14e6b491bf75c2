#include "app/daemon_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/daemon_units.h"
#include "daemon/places.h"

namespace clockwright::app {
namespace {

struct ProgramName {
    DaemonKind kind;
    std::string_view name;
    std::string_view config_option;  ///< the short option that names its configuration
};

constexpr std::array program_names{ProgramName{DaemonKind::chrony, "chronyd", "-f"},
                                   ProgramName{DaemonKind::ntpsec, "ntpd", "-c"},
                                   ProgramName{DaemonKind::timesyncd, "systemd-timesyncd", ""},
                                   ProgramName{DaemonKind::openntpd, "openntpd", "-f"},
                                   ProgramName{DaemonKind::ntpd_rs, "ntpd-rs", "-c"}};

const ProgramName* row_of(const ClockProgram& program) {
    const auto row = std::ranges::find(program_names, program.name, &ProgramName::name);
    return row == program_names.end() ? nullptr : &*row;
}

/// The configuration that a program's command line names; empty: its built-in default.
std::string config_argument(const ClockProgram& program) {
    const ProgramName* row = row_of(program);
    if (row == nullptr || row->config_option.empty()) return {};
    for (std::size_t i = 1; i < program.argv.size(); ++i) {
        const std::string& word = program.argv[i];
        if (word == row->config_option && i + 1 < program.argv.size()) return program.argv[i + 1];
        if (word.starts_with(row->config_option) && word.size() > 2) return word.substr(2);
    }
    return {};
}

bool is_known_place(DaemonKind kind, const std::string& config_file) {
    const InstallPlace* place = place_of(kind, config_file);
    return place != nullptr && place->config == config_file;
}

bool runs_with(const ClockProgram& program, DaemonKind kind, const std::string& config_file) {
    if (kind_of(program) != kind) return false;
    const std::string argument = config_argument(program);
    return argument.empty() ? is_known_place(kind, config_file) : argument == config_file;
}

std::string installed_config(DaemonKind kind, const Host& host) {
    for (const InstallPlace& place : install_places()) {
        if (place.kind == kind && !host.glob(std::string(place.config)).empty())
            return std::string(place.config);
    }
    return {};
}

/// The daemon that runs, one that steers before one that only watches.
std::optional<DaemonKind> running_kind(const std::vector<ClockProgram>& programs) {
    for (const bool steering : {true, false}) {
        for (const ClockProgram& program : programs) {
            const auto kind = kind_of(program);
            // A private daemon with a configuration of its own is none of the system's.
            const std::string argument = config_argument(program);
            const bool own =
                !steering && !argument.empty() && kind && !is_known_place(*kind, argument);
            if (kind && program.steers() == steering && !own) return kind;
        }
    }
    return std::nullopt;
}

Result<DaemonKind> choose_kind(const Config& config, const Host& host,
                               const std::vector<ClockProgram>& programs) {
    if (config.daemon.kind != "auto") {
        const auto kind = parse_daemon_kind(config.daemon.kind);
        if (kind) return *kind;
        return fail(fmt::format("{} is not spoken on this system", config.daemon.kind));
    }
    if (!config.daemon.config.empty()) {
        const InstallPlace* place = place_named(config.daemon.config);
        return place == nullptr ? DaemonKind::chrony : place->kind;
    }
    if (const auto kind = running_kind(programs)) return *kind;
    // None runs: the one that a boot would start. What another left behind is no sign of it.
    for (const DaemonPresence& daemon : find_daemons(host, programs)) {
        if (daemon.enabled && !daemon.yields) return daemon.kind;
    }
    for (const InstallPlace& place : install_places()) {
        if (!host.glob(std::string(place.config)).empty()) return place.kind;
    }
    return DaemonKind::chrony;
}

std::string locate_config(DaemonKind kind, const Config& config, const Host& host,
                          const std::vector<ClockProgram>& programs) {
    if (!config.daemon.config.empty()) return config.daemon.config;
    for (const ClockProgram& program : programs) {
        if (kind_of(program) != kind) continue;
        const std::string file = config_argument(program);
        const bool named = file.starts_with('/');
        if (named && (program.steers() || is_known_place(kind, file))) return file;
    }
    const std::string installed = installed_config(kind, host);
    return installed.empty() ? std::string(place_of(kind, {})->config) : installed;
}

/// As this host starts its services; empty: it is not known how, and the daemon is not restarted.
std::vector<std::string> usual_restart(const Host& host, std::string service) {
    constexpr std::string_view suffix = ".service";
    if (service.empty()) return {};
    if (service.ends_with(suffix)) service.resize(service.size() - suffix.size());
    struct Way {
        std::string_view mark, program;  ///< what is there where it is so, and what to run
        bool name_first;                 ///< "rc-service chronyd restart"
    };
    constexpr std::array ways{Way{"/run/systemd/system", "/usr/bin/systemctl", false},
                              Way{"/run/openrc", "/sbin/rc-service", true},
                              Way{"/etc/init.d", "/usr/sbin/service", true},
                              Way{"/etc/rc.d", "/usr/sbin/service", true}};
    for (const Way& way : ways) {
        if (host.glob(std::string(way.mark)).empty() || host.glob(std::string(way.program)).empty())
            continue;
        std::vector<std::string> argv{std::string(way.program), "restart", service};
        if (way.name_first) std::swap(argv[1], argv[2]);
        return argv;
    }
    return {};
}

}  // namespace

bool has_systemd(const Host& host) {
    return !host.glob("/run/systemd/system").empty();
}

std::optional<DaemonKind> kind_of(const ClockProgram& program) {
    const ProgramName* row = row_of(program);
    if (row == nullptr) return std::nullopt;
    return row->kind;
}

std::string config_named_by(const ClockProgram& program) {
    return config_argument(program);
}

std::string installed_config_of(DaemonKind kind, const Host& host) {
    return installed_config(kind, host);
}

Result<DaemonPlace> choose_daemon(const Config& config, const Host& host,
                                  const std::vector<ClockProgram>& programs) {
    DaemonPlace place;
    place.kind = TRY(choose_kind(config, host, programs));
    place.config_file = locate_config(place.kind, config, host, programs);
    const InstallPlace& installed = *place_of(place.kind, place.config_file);
    place.control_given = !config.daemon.control.empty();
    place.control = place.control_given ? config.daemon.control : std::string(installed.control);
    // One that steers comes first: anybody may call a process so, and containers have their own.
    for (const ClockProgram& program : programs) {
        if (!runs_with(program, place.kind, place.config_file)) continue;
        if (!place.program || (program.steers() && !place.program->steers()))
            place.program = program;
    }
    place.restart =
        config.is_set("daemon.restart")
            ? config.daemon.restart
            : usual_restart(host, service_of(host, place.kind, place.config_file, place.program));
    return place;
}

}  // namespace clockwright::app
