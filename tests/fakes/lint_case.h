/// A host for the doctor, made of a configuration text and some facts; good until a test spoils it.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/dialect.h"
#include "daemon/lint.h"

namespace clockwright {

struct LintCase {
    DaemonKind kind = DaemonKind::chrony;
    std::map<std::string, std::string> files;
    std::string main_file;
    HostFacts host;
    DaemonState state;
    WallTime now{std::chrono::seconds(1'795'000'000)};  // 2026-11-18
    /// What is known of a name; nothing by default.
    std::function<SourceTraits(const SourceLine&)> traits = [](const SourceLine&) {
        return SourceTraits{};
    };

    std::vector<Finding> findings() const {
        const ConfigFiles port{
            [this](const std::string& path) -> Result<std::string> {
                const auto found = files.find(path);
                if (found == files.end()) return fail("cannot read " + path + ": no such file");
                return found->second;
            },
            [this](const std::string& directory, std::string_view suffix) {
                std::vector<std::string> paths;
                for (const auto& [path, text] : files) {
                    const std::size_t slash = path.rfind('/');
                    if (path.substr(0, slash) == directory && path.ends_with(suffix))
                        paths.push_back(path);
                }
                return paths;
            },
            [this](const std::string& path) {
                return files.contains(path) ? std::vector<std::string>{path}
                                            : std::vector<std::string>{};
            }};
        const auto config = dialect_of(kind).parse(main_file, port);
        LintInput input;
        input.kind = kind;
        if (config) {
            input.config = &*config;
            for (const SourceLine& line : config->sources) input.traits.push_back(traits(line));
        } else {
            input.config_error = config.error().message;
        }
        input.state = &state;
        input.host = host;
        input.now = now;
        return lint(input);
    }

    std::vector<std::string> ids() const {
        std::vector<std::string> ids;
        for (const Finding& finding : findings()) ids.push_back(finding.id);
        return ids;
    }

    /// The finding of this name; an empty one when there is none.
    Finding find(std::string_view id) const {
        for (const Finding& finding : findings())
            if (finding.id == id) return finding;
        return {};
    }
    bool has(std::string_view id) const { return !find(id).id.empty(); }
};

inline DaemonPresence running(DaemonKind kind, const std::string& unit, std::string name,
                              std::vector<std::string> argv) {
    DaemonPresence daemon;
    daemon.kind = kind;
    daemon.unit = unit;
    daemon.unit_file = "/lib/systemd/system/" + unit;
    daemon.installed = daemon.enabled = true;
    daemon.program = ClockProgram{std::move(name), 611, std::move(argv), true, false};
    return daemon;
}

/// With `daemon` running as the one we mean.
inline void set_running(LintCase& host, DaemonPresence daemon) {
    host.host.programs = {*daemon.program};
    host.host.program = daemon.program;
    host.host.daemons = {std::move(daemon)};
}

constexpr const char* four_servers =
    "server ntp1.corp.example iburst\nserver ntp2.corp.example iburst\n"
    "server ntp3.corp.example iburst\nserver ntp4.corp.example iburst\n";

/// A chrony host with nothing to complain about, and `more` lines.
inline LintCase chrony_case(const std::string& more = {},
                            const std::string& sources = four_servers) {
    LintCase host;
    host.main_file = "/etc/chrony/chrony.conf";
    host.files[host.main_file] = sources +
                                 "sourcedir /etc/chrony/sources.d\n"
                                 "driftfile /var/lib/chrony/chrony.drift\nmakestep 1 3\nrtcsync\n" +
                                 more;
    host.host.leap_sources = {{.directive = "leapsectz",
                               .table = "/usr/share/zoneinfo/right/UTC",
                               .file = host.main_file,
                               .line = 9,
                               .exists = true,
                               .expires = host.now + std::chrono::hours(24 * 200)}};
    set_running(host,
                running(DaemonKind::chrony, "chrony.service", "chronyd", {"/usr/sbin/chronyd"}));
    return host;
}

/// The same of NTPsec.
inline LintCase ntpsec_case(const std::string& more = {},
                            const std::string& sources = four_servers) {
    LintCase host;
    host.kind = DaemonKind::ntpsec;
    host.main_file = "/etc/ntpsec/ntp.conf";
    host.files[host.main_file] =
        sources + "driftfile /var/lib/ntpsec/ntp.drift\n" +
        "restrict default kod nomodify nopeer noquery limited\nrestrict 127.0.0.1\n" + more;
    host.host.leap_sources = {{.directive = "leapfile",
                               .table = "/usr/share/zoneinfo/leap-seconds.list",
                               .file = host.main_file,
                               .line = 9,
                               .exists = true,
                               .expires = host.now + std::chrono::hours(24 * 200)}};
    auto daemon = running(DaemonKind::ntpsec, "ntpsec.service", "ntpd",
                          {"/usr/sbin/ntpd", "-c", "/etc/ntpsec/ntp.conf", "-g", "-N"});
    daemon.restart = "no";
    set_running(host, daemon);
    return host;
}

/// A stranger's servers, by the end of their names.
inline std::function<SourceTraits(const SourceLine&)> strangers(
    std::vector<std::pair<std::string, SourceTraits>> known = {}) {
    return [known = std::move(known)](const SourceLine& line) {
        for (const auto& [ending, traits] : known)
            if (line.name.ends_with(ending)) return traits;
        SourceTraits traits;
        traits.is_public = true;
        return traits;
    };
}

}  // namespace clockwright
