#include "app/port_use.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "find/findings.h"

namespace clockwright::app {
namespace {

/// The inode of each UDP socket that is bound to this port.
std::vector<std::string> sockets_at(const Host& host, std::uint16_t port) {
    std::vector<std::string> inodes;
    const std::string ending = fmt::format(":{:04X}", port);
    for (const char* path : {"/proc/net/udp", "/proc/net/udp6"}) {
        const auto table = host.read(path);
        if (!table || !table->exists) continue;
        for (const NumberedLine& line : lines_of(table->content)) {
            std::istringstream words{std::string(line.text)};
            std::string slot, local, skipped, inode;
            words >> slot >> local;
            // remote, state, queues, timer, retransmissions, uid, time-out, inode
            for (int i = 0; i < 7; ++i) words >> skipped;
            words >> inode;
            if (local.ends_with(ending) && !inode.empty()) inodes.push_back(inode);
        }
    }
    return inodes;
}

/// The process that has this socket open; empty: none that we may look into.
std::string holder_of(const Host& host, const std::vector<std::string>& inodes) {
    for (const std::string& path : host.glob("/proc/*/fd/*")) {
        const std::string target = host.link_target(path);
        for (const std::string& inode : inodes) {
            if (target != fmt::format("socket:[{}]", inode)) continue;
            const std::string pid = path.substr(6, path.find('/', 6) - 6);
            if (pid.find_first_not_of("0123456789") == std::string::npos) return pid;
        }
    }
    return {};
}

std::string name_of(const Host& host, const std::string& pid) {
    const auto comm = host.read(fmt::format("/proc/{}/comm", pid));
    if (!comm || !comm->exists) return "?";
    return std::string(
        trimmed(std::string_view(comm->content).substr(0, comm->content.find('\n'))));
}

PortUse look_at(const std::optional<ClockProgram>& program, const Host& host, std::uint16_t port) {
    PortUse use;
    use.port = port;
    const auto inodes = sockets_at(host, port);
    use.bound = !inodes.empty();
    const std::string pid = use.bound ? holder_of(host, inodes) : std::string{};
    if (pid.empty()) return use;
    const std::string name = name_of(host, pid);
    use.holder = fmt::format("{} (pid {})", name, pid);
    // A daemon's helper processes have its name.
    const bool same = program && name == name_of(host, std::to_string(program->pid));
    use.by_daemon = same || (program && pid == std::to_string(program->pid));
    return use;
}

}  // namespace

void add_port_uses(const DaemonPlace& place, const Host& host, bool is_root, HostFacts& facts) {
    std::vector<std::uint16_t> ports{123};
    if (place.kind == DaemonKind::chrony && place.udp_port == 323) ports.push_back(323);
    for (const std::uint16_t port : ports) {
        PortUse use = look_at(facts.program, host, port);
        if (!use.bound) continue;
        if (use.holder.empty() && !is_root) {
            facts.not_looked_at.push_back({fmt::format("which program holds UDP port {}", port),
                                           "root",
                                           fmt::format("/usr/bin/ss -lunp sport = {}", port)});
        }
        facts.ports.push_back(std::move(use));
    }
}

}  // namespace clockwright::app
