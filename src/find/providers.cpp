#include "find/providers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include "find/dhcp_options.h"
#include "find/leases.h"
#include "find/written_files.h"
#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::size_t most_files = 64;  // of one pattern

std::string_view file_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

/// The port with what it could not give.
class Files {
  public:
    Files(const Host& host, const std::set<std::string>& read_already)
        : host_(host), read_already_(read_already) {}

    std::vector<std::string> glob(const std::string& pattern) const {
        std::vector<std::string> paths = host_.glob(pattern);
        if (paths.size() > most_files) paths.resize(most_files);
        return paths;
    }

    /// The files that match any pattern, in their order.
    std::vector<FileText> read(std::span<const char* const> patterns) {
        std::vector<FileText> files;
        for (const char* pattern : patterns) {
            for (const std::string& path : glob(pattern)) read_into(files, path);
        }
        return files;
    }

    void read_into(std::vector<FileText>& files, const std::string& path) {
        if (read_already_.contains(path) || host_.link_target(path) == "/dev/null") return;
        auto state = host_.read(path);
        if (state && state->exists) {
            files.push_back({path, std::move(state->content)});
        } else if (!state && state.error().fault == Fault::not_permitted) {
            ++closed_;
        } else if (!state) {
            notes_.push_back(printable(state.error().message));
        }
    }

    /// The first line of a small file; empty when it cannot be had.
    std::string line(const std::string& path) const {
        const auto state = host_.read(path);
        if (!state || !state->exists) return {};
        const auto lines = lines_of(state->content);
        return lines.empty() ? std::string{} : std::string(trimmed(lines.front().text));
    }

    std::vector<std::string> take_notes() {
        if (closed_ > 0) {
            notes_.push_back(fmt::format("{} file{} where leases are kept {} closed to this user",
                                         closed_, closed_ == 1 ? "" : "s",
                                         closed_ == 1 ? "is" : "are"));
        }
        return std::move(notes_);
    }

  private:
    const Host& host_;
    const std::set<std::string>& read_already_;
    int closed_ = 0;
    std::vector<std::string> notes_;
};

Findings networkd(Files& files) {
    constexpr const char* places[] = {"/run/systemd/netif/leases/*", "/run/systemd/netif/links/*"};
    Findings all;
    for (const FileText& file : files.read(places)) append(all, networkd_lease(file));
    return all;
}

Findings network_manager(Files& files, WallTime now) {
    constexpr const char* device_places[] = {"/run/NetworkManager/devices/*"};
    constexpr const char* lease_places[] = {"/var/lib/NetworkManager/*.lease"};
    const auto devices = files.read(device_places);
    return network_manager_leases(devices, files.read(lease_places), now);
}

Findings dhclient(Files& files, WallTime now) {
    constexpr const char* places[] = {"/var/lib/dhcp/dhclient*.leases",
                                      "/var/lib/dhclient/dhclient*.lease",
                                      "/var/lib/dhclient/dhclient*.leases"};
    Findings all;
    for (const FileText& file : files.read(places)) append(all, dhclient_leases(file, now));
    return all;
}

/// A lease of dhcpcd does not say when it began: it counts while its interface is up.
Findings dhcpcd(Files& files) {
    constexpr const char* places[] = {"/var/lib/dhcpcd/*.lease", "/var/lib/dhcpcd/*.lease6"};
    Findings all;
    for (const FileText& file : files.read(places)) {
        const std::string_view name = file_name(file.path);
        const auto interface = std::string(name.substr(0, name.rfind('.')));
        const std::string state = files.line("/sys/class/net/" + interface + "/operstate");
        if (state == "up" || state == "unknown") append(all, dhcpcd_lease(file));
    }
    return all;
}

/// Under /run only: what lies there is of this boot, and its hook removes it with the lease.
Findings hooks(Files& files) {
    constexpr const char* places[] = {
        "/run/chrony-dhcp/*.sources", "/run/dhcpcd/hook-state/ntp.conf/*",
        "/run/dhcpcd/hook-state/ntp.conf.*", "/run/ntp.conf.dhcp", "/run/ntpsec/ntp.conf.dhcp"};
    Findings all;
    for (const FileText& file : files.read(places)) append(all, server_lines(file));
    return all;
}

/// Main file of the first directory that has one; drop-ins of all, by name, the first directory's
/// shadows those of the others.
std::vector<FileText> timesyncd_files(Files& files) {
    constexpr const char* directories[] = {"/etc/systemd/", "/run/systemd/",
                                           "/usr/local/lib/systemd/", "/usr/lib/systemd/",
                                           "/lib/systemd/"};
    std::vector<FileText> texts;
    std::map<std::string, std::string> drop_ins;  // name → path
    for (const std::string directory : directories) {
        if (texts.empty()) files.read_into(texts, directory + "timesyncd.conf");
        for (const std::string& path : files.glob(directory + "timesyncd.conf.d/*.conf")) {
            drop_ins.emplace(file_name(path), path);
        }
    }
    for (const auto& [name, path] : drop_ins) files.read_into(texts, path);
    return texts;
}

bool runs_timesyncd(const Host& host) {
    return std::ranges::any_of(host.clock_programs(), [](const ClockProgram& program) {
        return program.name == "systemd-timesyncd" && program.steers();
    });
}

void timesyncd(Findings& all, Files& files, const Host& host) {
    TimesyncdSettings settings = timesyncd_settings(timesyncd_files(files));
    append(all, std::move(settings.servers));
    if (all.sources.empty() && runs_timesyncd(host)) append(all, std::move(settings.fallback));
}

Findings cloud_init(Files& files) {
    constexpr const char* places[] = {"/etc/cloud/cloud.cfg", "/etc/cloud/cloud.cfg.d/*.cfg",
                                      "/var/lib/cloud/instance/cloud-config.txt"};
    Findings all;
    for (const FileText& file : files.read(places)) append(all, cloud_init_ntp(file));
    return all;
}

}  // namespace

Findings machine_sources(const Host& host, WallTime now,
                         const std::set<std::string>& read_already) {
    Files files(host, read_already);
    Findings all;
    append(all, networkd(files));
    append(all, network_manager(files, now));
    append(all, dhclient(files, now));
    append(all, dhcpcd(files));
    append(all, hooks(files));
    timesyncd(all, files, host);
    append(all, cloud_init(files));
    append(all, {{}, files.take_notes()});
    return all;
}

PlatformFacts platform_facts(const Host& host) {
    const std::set<std::string> none;
    const Files files(host, none);
    const std::string dmi = "/sys/class/dmi/id/";
    PlatformFacts facts{files.line(dmi + "sys_vendor"),   files.line(dmi + "product_name"),
                        files.line(dmi + "board_vendor"), files.line(dmi + "chassis_asset_tag"),
                        files.line(dmi + "bios_vendor"),  {}};
    for (const std::string& path : files.glob("/sys/class/ptp/ptp*/clock_name")) {
        const std::string directory = path.substr(0, path.rfind('/'));
        facts.clocks.push_back({"/dev/" + std::string(file_name(directory)), files.line(path)});
    }
    return facts;
}

}  // namespace clockwright
