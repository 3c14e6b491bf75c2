#include "app/host_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "app/daemon_choice.h"
#include "app/daemon_units.h"
#include "app/port_use.h"
#include "daemon/dialect.h"
#include "daemon/marks.h"
#include "daemon/places.h"
#include "find/domain.h"
#include "find/findings.h"
#include "find/providers.h"
#include "time/leap_table.h"

namespace clockwright::app {
namespace {

constexpr const char* zones = "/usr/share/zoneinfo/";

bool exists(const Host& host, const std::string& path) {
    return !host.glob(path).empty();
}

/// The content of a file; empty when it cannot be had.
std::string text_of(const Host& host, const std::string& path) {
    auto file = host.read(path);
    return file && file->exists ? std::move(file->content) : std::string{};
}

std::string line_of(const Host& host, const std::string& path) {
    const std::string text = text_of(host, path);
    return std::string(trimmed(std::string_view(text).substr(0, text.find('\n'))));
}

std::optional<WallTime> expiry_of(const std::string& text) {
    if (auto list = parse_leap_list(text)) return list->table.expires;
    if (auto table = parse_tz_leapseconds(text)) return table->expires;
    return std::nullopt;
}

/// A zone like right/UTC says nothing of its end; the tables beside it are of the same package.
std::optional<WallTime> expiry_of_zones(const Host& host) {
    for (const char* name : {"leap-seconds.list", "leapseconds"})
        if (auto expires = expiry_of(text_of(host, std::string(zones) + name))) return expires;
    return std::nullopt;
}

void add_leap_sources(const DaemonConfig& config, const Host& host, HostFacts& facts) {
    for (const char* name : {"leapsectz", "leapseclist", "leapfile"}) {
        const Directive* directive = config.find(name);
        if (directive == nullptr || directive->arguments.empty()) continue;
        const bool is_zone = directive->name == "leapsectz";
        LeapSource source;
        source.directive = name;
        source.table = (is_zone ? zones : "") + directive->arguments.front();
        source.file = directive->file;
        source.line = directive->line;
        source.exists = exists(host, source.table);
        source.expires = is_zone ? expiry_of_zones(host) : expiry_of(text_of(host, source.table));
        facts.leap_sources.push_back(std::move(source));
    }
}

void add_file(const std::string& path, bool secret, const Host& host, HostFacts& facts) {
    const auto file = host.read(path);
    if (file && file->exists) {
        facts.files.push_back({path, file->uid, file->mode, secret});
        const auto mark = secret ? std::nullopt : managed_marker(file->content);
        if (mark) facts.managed.push_back({path, mark->first, mark->second});
    } else if (!file && file.error().fault == Fault::not_permitted) {
        facts.not_looked_at.push_back({fmt::format("owner and mode of {}", path), "root",
                                       fmt::format("/usr/bin/stat -L {}", path)});
    }
}

void add_files(const DaemonConfig& config, const Host& host, HostFacts& facts) {
    for (const std::string& path : config.files) add_file(path, false, host, facts);
    for (const char* name : {"keyfile", "keys"}) {
        const Directive* directive = config.find(name);
        if (directive != nullptr && !directive->arguments.empty())
            add_file(directive->arguments.front(), true, host, facts);
    }
}

std::vector<std::string> installer_of(const Host& host) {
    const std::vector<std::string> known[] = {{"/usr/bin/apt-get", "install", "-y"},
                                              {"/usr/bin/dnf", "install", "-y"},
                                              {"/usr/bin/zypper", "--non-interactive", "install"},
                                              {"/sbin/apk", "add"},
                                              {"/usr/bin/pacman", "-S", "--noconfirm"}};
    for (const auto& command : known)
        if (exists(host, command.front())) return command;
    return {};
}

bool is_container(const Host& host) {
    return exists(host, "/run/systemd/container") || exists(host, "/.dockerenv") ||
           exists(host, "/run/.containerenv");
}

bool is_virtual_machine(const Host& host) {
    const PlatformFacts facts = platform_facts(host);
    if (!platform_name(facts).empty()) return true;
    constexpr std::array<std::string_view, 6> makers{"QEMU",         "VMware, Inc.", "Xen",
                                                     "innotek GmbH", "Red Hat",      "OpenStack"};
    return std::ranges::find(makers, facts.sys_vendor) != makers.end() ||
           facts.product_name == "KVM" || facts.product_name == "VirtualBox";
}

void add_closed(const DaemonView& view, HostFacts& facts) {
    const bool closed = !view.state && view.state_error.fault == Fault::not_permitted;
    const bool partly = view.state && !view.state->complete;
    if (!closed && !partly) return;
    const bool chrony = view.place.kind == DaemonKind::chrony;
    facts.not_looked_at.push_back(
        {closed ? fmt::format("what {} says of its sources", traits_of(view.place.kind).program)
                : "the state of each source, and NTS",
         chrony ? "root, or the daemon's group" : "root",
         chrony ? "/usr/bin/chronyc -n selectdata" : ""});
}

/// The system's daemon with a configuration that DHCP made: one that only watches is not found by
/// its usual file.
std::optional<ClockProgram> started_otherwise(const HostFacts& facts, DaemonKind kind) {
    const auto daemon = std::ranges::find(facts.daemons, kind, &DaemonPresence::kind);
    if (daemon == facts.daemons.end() || !daemon->program) return std::nullopt;
    const bool of_system = config_named_by(*daemon->program).starts_with("/run/");
    return of_system ? daemon->program : std::nullopt;
}

bool is_systems(const DaemonPlace& place) {
    const InstallPlace* known = place_of(place.kind, place.config_file);
    return (known != nullptr && known->config == place.config_file) ||
           place.config_file.starts_with("/run/ntpsec/");
}

const std::string clocksource_directory = "/sys/devices/system/clocksource/clocksource0/";

/// The device of Hyper-V's time service while hv_utils is bound to it.
std::string hyperv_time_sync(const Host& host) {
    constexpr std::string_view time_service = "9527e630-d0ae-497b-adce-e80ab0175caf";
    for (const std::string& file : host.glob("/sys/bus/vmbus/devices/*/class_id")) {
        const std::string device = file.substr(0, file.rfind('/'));
        if (line_of(host, file).contains(time_service) && exists(host, device + "/driver"))
            return device.substr(device.rfind('/') + 1);
    }
    return {};
}

}  // namespace

bool keeps_local_time(const Host& host) {
    const std::string text = text_of(host, "/etc/adjtime");
    const auto lines = lines_of(text);
    return lines.size() >= 3 && trimmed(lines[2].text) == "LOCAL";
}

std::optional<WallTime> bios_date(const Host& host) {
    const std::string text = line_of(host, "/sys/class/dmi/id/bios_date");
    const auto number = [&](std::size_t begin, std::size_t length) {
        unsigned value = 0;
        const char* end = text.data() + begin + length;
        return std::from_chars(text.data() + begin, end, value).ptr == end ? value : 0;
    };
    if (text.size() != 10 || text[2] != '/' || text[5] != '/') return std::nullopt;
    using namespace std::chrono;
    const year_month_day date{year(static_cast<int>(number(6, 4))), month(number(0, 2)),
                              day(number(3, 2))};
    if (!date.ok() || date.year() < year{1990}) return std::nullopt;
    return WallTime(sys_days(date));
}

std::string current_clocksource(const Host& host) {
    return line_of(host, clocksource_directory + "current_clocksource");
}

HostFacts host_facts(const DaemonView& view, const Host& host, bool is_root) {
    HostFacts facts;
    facts.programs = host.clock_programs();
    facts.daemons = find_daemons(host, facts.programs);
    facts.program = view.place.program;
    if (!facts.program) facts.program = started_otherwise(facts, view.place.kind);
    facts.system_daemon = is_systems(view.place);
    if (facts.program) facts.running_config = config_named_by(*facts.program);
    facts.installed_config = installed_config_of(view.place.kind, host);
    if (view.config) {
        add_leap_sources(*view.config, host, facts);
        add_files(*view.config, host, facts);
    } else if (view.config_error.fault == Fault::not_permitted) {
        facts.not_looked_at.push_back({view.place.config_file, "root", ""});
    }
    add_port_uses(view.place, host, is_root, facts);
    facts.rtc_in_local_time = keeps_local_time(host);
    facts.clocksource = current_clocksource(host);
    facts.clocksources = line_of(host, clocksource_directory + "available_clocksource");
    facts.domain = domain_membership(host);
    facts.container = is_container(host);
    facts.installer = installer_of(host);
    facts.virtual_machine = is_virtual_machine(host);
    facts.hyperv_time_sync = hyperv_time_sync(host);
    facts.timesyncd_synchronised = exists(host, "/run/systemd/timesync/synchronized");
    add_closed(view, facts);
    return facts;
}

}  // namespace clockwright::app
