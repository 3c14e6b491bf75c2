#include "app/daemon_units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "app/daemon_choice.h"
#include "daemon/places.h"
#include "find/findings.h"

namespace clockwright::app {
namespace {

/// Where systemd looks, the first wins.
constexpr std::array<std::string_view, 5> unit_directories{
    "/etc/systemd/system/", "/run/systemd/system/", "/usr/local/lib/systemd/system/",
    "/usr/lib/systemd/system/", "/lib/systemd/system/"};

constexpr std::array kinds{DaemonKind::chrony, DaemonKind::ntpsec, DaemonKind::timesyncd,
                           DaemonKind::openntpd, DaemonKind::ntpd_rs};

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

bool exists(const Host& host, const std::string& path) {
    return !host.glob(path).empty();
}

bool is_masked(const Host& host, const std::string& unit) {
    return host.link_target("/etc/systemd/system/" + unit) == "/dev/null" ||
           host.link_target("/run/systemd/system/" + unit) == "/dev/null";
}

/// The file of this very unit; a link to another unit's is an alias, one to nothing masks it.
std::string unit_file_of(const Host& host, const std::string& unit) {
    for (const std::string_view directory : unit_directories) {
        std::string path = std::string(directory) + unit;
        const std::string target = host.link_target(path);
        if (target == "/dev/null") continue;
        if (!target.empty() && base_name(target) != unit) return {};
        if (exists(host, path)) return path;
    }
    return {};
}

bool is_wanted(const Host& host, const std::string& unit) {
    for (const std::string_view directory : unit_directories) {
        for (const char* kind : {"*.wants/", "*.requires/"})
            if (exists(host, fmt::format("{}{}{}", directory, kind, unit))) return true;
    }
    return false;
}

/// The unit and its drop-ins in the order systemd reads them.
std::vector<std::string> texts_of(const Host& host, const std::string& file,
                                  const std::string& unit) {
    std::vector<std::string> paths{file};
    for (auto directory = unit_directories.rbegin(); directory != unit_directories.rend();
         ++directory) {
        for (std::string& path : host.list(fmt::format("{}{}.d", *directory, unit), ".conf"))
            paths.push_back(std::move(path));
    }
    std::vector<std::string> texts;
    for (const std::string& path : paths) {
        auto state = host.read(path);
        if (state && state->exists) texts.push_back(std::move(state->content));
    }
    return texts;
}

void read_settings(const Host& host, DaemonPresence& daemon) {
    constexpr std::string_view restart = "Restart=", yields = "ConditionFileIsExecutable=!";
    for (const std::string& text : texts_of(host, daemon.unit_file, daemon.unit)) {
        for (const NumberedLine& line : lines_of(text)) {
            const std::string_view word = trimmed(line.text);
            if (word.starts_with(restart)) daemon.restart = word.substr(restart.size());
            if (word.starts_with(yields) && exists(host, std::string(word.substr(yields.size()))))
                daemon.yields = true;
        }
    }
}

/// Of OpenRC, System V or rc.d; empty: there is none.
std::string script_of(const Host& host, const InstallPlace& place) {
    for (const char* directory : {"/etc/init.d", "/etc/rc.d", "/usr/local/etc/rc.d"}) {
        std::string script = fmt::format("{}/{}", directory, place.unit);
        if (exists(host, script)) return script;
    }
    return {};
}

/// As OpenRC and System V keep them.
void read_scripts(const Host& host, const InstallPlace& place, DaemonPresence& daemon) {
    const std::string script = script_of(host, place);
    if (script.empty()) return;
    daemon.installed = true;
    daemon.unit = place.unit;
    daemon.unit_file = script;
    daemon.enabled = exists(host, fmt::format("/etc/runlevels/*/{}", place.unit)) ||
                     exists(host, fmt::format("/etc/rc2.d/S*{}", place.unit));
}

/// Two daemons may have a unit of one name; then the one with a configuration there is meant.
bool belongs(const Host& host, const InstallPlace& place) {
    return place.unit != "ntpd" || exists(host, std::string(place.config));
}

void read_unit(const Host& host, const InstallPlace& place, DaemonPresence& daemon) {
    if (daemon.installed || !belongs(host, place)) return;
    const std::string unit = fmt::format("{}.service", place.unit);
    const std::string file = unit_file_of(host, unit);
    if (file.empty()) return;
    daemon.installed = true;
    daemon.unit = unit;
    daemon.unit_file = file;
    daemon.masked = is_masked(host, unit);
    daemon.enabled = !daemon.masked && is_wanted(host, unit);
    read_settings(host, daemon);
}

/// A program may have been started by hand from within any service.
bool starts(const Host& host, const std::string& unit, const ClockProgram& program) {
    const std::string file = unit_file_of(host, unit);
    if (file.empty() || program.argv.empty()) return false;
    return std::ranges::any_of(texts_of(host, file, unit), [&](const std::string& text) {
        return std::ranges::any_of(lines_of(text), [&](const NumberedLine& line) {
            const std::string_view word = trimmed(line.text);
            return word.starts_with("ExecStart=") && word.contains(program.argv.front());
        });
    });
}

std::string service_in(const Host& host, const InstallPlace& place) {
    if (!belongs(host, place)) return {};
    std::string unit = fmt::format("{}.service", place.unit);
    if (!unit_file_of(host, unit).empty()) return unit;
    return script_of(host, place).empty() ? std::string{} : std::string(place.unit);
}

std::optional<ClockProgram> running(const std::vector<ClockProgram>& programs, DaemonKind kind) {
    std::optional<ClockProgram> found;
    for (const ClockProgram& program : programs) {
        if (kind_of(program) != kind) continue;
        if (!found || (program.steers() && !found->steers())) found = program;
    }
    return found;
}

}  // namespace

std::vector<DaemonPresence> find_daemons(const Host& host,
                                         const std::vector<ClockProgram>& programs) {
    std::vector<DaemonPresence> daemons;
    for (const DaemonKind kind : kinds) {
        DaemonPresence daemon;
        daemon.kind = kind;
        for (const InstallPlace& place : install_places())
            if (place.kind == kind) read_unit(host, place, daemon);
        for (const InstallPlace& place : install_places())
            if (place.kind == kind && !daemon.installed && belongs(host, place))
                read_scripts(host, place, daemon);
        daemon.program = running(programs, kind);
        if (daemon.unit.empty()) daemon.unit = fmt::format("{}.service", place_of(kind, {})->unit);
        if (daemon.installed || daemon.program) daemons.push_back(std::move(daemon));
    }
    return daemons;
}

std::string service_of(const Host& host, DaemonKind kind, std::string_view config_file,
                       const std::optional<ClockProgram>& program) {
    if (program && !program->unit.empty() && starts(host, program->unit, *program))
        return program->unit;
    for (const bool same_file : {true, false}) {
        for (const InstallPlace& place : install_places()) {
            if (place.kind != kind || (place.config == config_file) != same_file) continue;
            std::string service = service_in(host, place);
            if (!service.empty()) return service;
        }
    }
    return {};
}

}  // namespace clockwright::app
