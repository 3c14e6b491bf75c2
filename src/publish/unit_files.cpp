#include "publish/unit_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "daemon/places.h"

namespace clockwright {
namespace {

constexpr std::string_view mark =
    "# Clockwright wrote this file; `clockwright service remove` removes it.\n";

int hours(Seconds every) {
    return static_cast<int>(std::lround(every.count() / 3600));
}

/// A word of ExecStart as systemd reads it back: nothing expanded, blanks kept.
std::string word(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        if (c == '%' || c == '$') quoted += c;
        quoted += c;
    }
    return quoted + "\"";
}

std::string command(const UnitSettings& settings, std::string_view verb) {
    std::string line = word(settings.program);
    if (!settings.config_file.empty()) line += " --config " + word(settings.config_file);
    return line + " " + std::string(verb);
}

std::string apply_words(const UnitSettings& settings) {
    std::string words = "apply --yes";
    if (settings.allow_restart) words += " --allow-restart";
    if (settings.takeover) words += " --takeover";
    return words;
}

/// What no part of the program ever needs.
constexpr std::string_view seclusion =
    "NoNewPrivileges=yes\n"
    "ProtectSystem=strict\n"
    "ProtectHome=yes\n"
    "ProtectHostname=yes\n"
    "ProtectKernelLogs=yes\n"
    "ProtectKernelModules=yes\n"
    "ProtectKernelTunables=yes\n"
    "ProtectControlGroups=yes\n"
    "PrivateTmp=yes\n"
    "PrivateDevices=yes\n"
    "LockPersonality=yes\n"
    "MemoryDenyWriteExecute=yes\n"
    "RestrictNamespaces=yes\n"
    "RestrictRealtime=yes\n"
    "RestrictSUIDSGID=yes\n"
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n"
    "SystemCallArchitectures=native\n"
    // Not death: the kernel's word on the clock is then missed.
    "SystemCallErrorNumber=EPERM\n"
    "SystemCallFilter=@system-service\n";

/// " chrony.service chronyd.service …", by all their names.
std::string units_of_daemons() {
    std::string units;
    for (const InstallPlace& place : install_places()) {
        const std::string unit = fmt::format(" {}.service", place.unit);
        if (!units.contains(unit)) units += unit;
    }
    return units;
}

/// A run as root that changes the daemon's sources.
std::string change_unit(const UnitSettings& settings, std::string_view description,
                        std::string_view words, std::string_view more = "",
                        std::string_view after = "") {
    constexpr std::string_view states = "/var/lib/";
    std::vector<std::string> writable;
    std::string state;
    if (settings.state_directory.starts_with(states))
        state = fmt::format("StateDirectory={}\nStateDirectoryMode=0700\n",
                            settings.state_directory.substr(states.size()));
    else
        writable.push_back(word("-" + settings.state_directory));
    for (const auto& directory : settings.writable) writable.push_back(word("-" + directory));
    if (!settings.control_directory.empty())
        writable.push_back(word("-" + settings.control_directory));
    return fmt::format(
        "{}[Unit]\n"
        "Description={}\n"
        "After=network-online.target{}\n"
        "Wants=network-online.target\n"
        "\n"
        "[Service]\n"
        "Type=oneshot\n"
        "ExecStart={}\n"
        "# A refusal and a lack of servers are answers, not faults of the service.\n"
        "SuccessExitStatus=3 5\n"
        "TimeoutStartSec=30min\n"
        "Nice=10\n"
        "UMask=0022\n"
        "{}"
        "ReadWritePaths={}\n"
        "CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER\n"
        "{}"
        "ProtectClock=yes\n"
        "{}",
        mark, description, after, command(settings, words), state, fmt::join(writable, " "), more,
        seclusion);
}

}  // namespace

std::string apply_unit(const UnitSettings& settings) {
    return change_unit(settings, "Clockwright: better time servers when there are some",
                       apply_words(settings));
}

std::string heal_unit(const UnitSettings& settings) {
    return change_unit(settings, "Clockwright takes back what was left unfinished",
                       "rollback --unfinished", {}, units_of_daemons()) +
           "\n[Install]\nWantedBy=multi-user.target\n";
}

std::string wish_unit(const UnitSettings& settings) {
    return change_unit(settings, "Clockwright decides for its agent", "agent --once",
                       "RuntimeDirectory=clockwright-wish\nRuntimeDirectoryPreserve=yes\n");
}

std::string wish_path() {
    return fmt::format(
        "{}[Unit]\n"
        "Description=Clockwright's agent wishes a decision\n"
        "\n"
        "[Path]\n"
        "PathChanged=/run/clockwright/wish\n"
        "Unit=clockwright-wish.service\n"
        "\n"
        "[Install]\n"
        "WantedBy=paths.target\n",
        mark);
}

std::string apply_timer(const UnitSettings& settings) {
    const int every = hours(settings.every);
    return fmt::format(
        "{}[Unit]\n"
        "Description=Clockwright looks for better time servers every {} h\n"
        "\n"
        "[Timer]\n"
        "OnCalendar=*-*-* {}:00:00\n"
        "RandomizedDelaySec={}\n"
        "FixedRandomDelay=yes\n"
        "Persistent=yes\n"
        "\n"
        "[Install]\n"
        "WantedBy=timers.target\n",
        mark, every, every >= 24 ? "00" : fmt::format("00/{}", every), every * 900);
}

std::string agent_unit(const UnitSettings& settings, const std::vector<std::string>& groups) {
    return fmt::format(
        "{}[Unit]\n"
        "Description=Clockwright watches clock and time servers\n"
        "After=network-online.target\n"
        "Wants=network-online.target\n"
        "\n"
        "[Service]\n"
        "Type=notify\n"
        "ExecStart={}\n"
        "ExecReload=/bin/kill -HUP $MAINPID\n"
        "Restart=on-failure\n"
        "RestartSec=10\n"
        "WatchdogSec=60\n"
        "DynamicUser=yes\n"
        "User=clockwright\n"
        "{}"
        "StateDirectory=clockwright-agent\n"
        "StateDirectoryMode=0700\n"
        "LogsDirectory=clockwright\n"     // for files.csv and files.status_log
        "RuntimeDirectory=clockwright\n"  // its last word, which everybody may read
        "UMask=0022\n"
        "CapabilityBoundingSet=\n"
        "AmbientCapabilities=\n"
        "RemoveIPC=yes\n"
        "PrivateMounts=yes\n"
        "{}"
        // After what is allowed: it takes from that, and gives back how the kernel's word on the
        // clock is read. ProtectClock would refuse that too; without a capability nothing is set.
        "SystemCallFilter=~@privileged @resources\n"
        "SystemCallFilter=adjtimex clock_adjtime clock_adjtime64\n"
        "\n"
        "[Install]\n"
        "WantedBy=multi-user.target\n",
        mark, command(settings, "agent"),
        groups.empty() ? "" : fmt::format("SupplementaryGroups={}\n", fmt::join(groups, " ")),
        seclusion);
}

std::string cron_file(const UnitSettings& settings) {
    const int every = hours(settings.every);
    const unsigned minute = settings.lot % 60;
    std::string line = fmt::format("'{}'", settings.program);
    if (!settings.config_file.empty()) line += fmt::format(" --config '{}'", settings.config_file);
    return fmt::format(
        "{}{} {} * * * root {} -q {}\n@reboot root {} -q rollback --unfinished\n", mark, minute,
        every >= 24 ? fmt::format("{}", settings.lot / 60 % 24) : fmt::format("*/{}", every), line,
        apply_words(settings), line);
}

std::string sudoers_example(const std::string& program, bool restarts) {
    return fmt::format(
        "%timekeepers ALL=(root) NOPASSWD: {0} apply --yes{1}, {0} rollback last, \\\n"
        "    {0} service run-now\n",
        program, restarts ? " --allow-restart" : "");
}

}  // namespace clockwright
