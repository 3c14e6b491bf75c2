#include "find/leases.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace clockwright {
namespace {

struct Assignment {
    std::string_view key, value;
};

/// "KEY=value" of a line; empty for anything else.
std::optional<Assignment> assignment_of(std::string_view line) {
    const std::size_t equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos) return std::nullopt;
    return Assignment{trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1))};
}

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

bool is_time_key(std::string_view section, std::string_view key) {
    if (section == "dhcp4") return key == "ntp_servers";
    return section == "dhcp6" && (key == "dhcp6_ntp_servers" || key == "dhcp6_sntp_servers");
}

/// What NetworkManager says of one device.
struct Device {
    std::string connection;  ///< its UUID; empty: none is active
    Findings findings;
};

Device device_of(const FileText& file, WallTime now) {
    struct Found {
        std::string_view section, servers;
        int line;
    };
    Device device;
    std::string_view section;
    std::vector<Found> found;
    std::vector<std::string_view> expired;
    for (const auto& [number, text] : lines_of(file.text)) {
        const std::string_view line = trimmed(text);
        if (line.starts_with('[') && line.ends_with(']')) {
            section = line.substr(1, line.size() - 2);
            continue;
        }
        const auto assignment = assignment_of(line);
        if (!assignment) continue;
        if (section == "device" && assignment->key == "connection-uuid") {
            device.connection = assignment->value;
        } else if (is_time_key(section, assignment->key)) {
            found.push_back({section, assignment->value, number});
        } else if (assignment->key == "expiry") {
            const auto at = number_of(assignment->value);
            if (at && wall_time_of(*at) <= now) expired.push_back(section);
        }
    }
    FileFindings findings(file.path);
    for (const Found& it : found) {
        if (std::ranges::find(expired, it.section) == expired.end()) {
            findings.add_words(it.servers, it.line, " \t,");
        }
    }
    device.findings = findings.take();
    return device;
}

}  // namespace

WallTime wall_time_of(std::int64_t unix_seconds) {
    constexpr std::int64_t year_2200 = 7'258'118'400;
    return WallTime{} + std::chrono::seconds{std::clamp<std::int64_t>(unix_seconds, 0, year_2200)};
}

Findings networkd_lease(const FileText& file) {
    FileFindings findings(file.path);
    for (const auto& [number, text] : lines_of(file.text)) {
        const auto assignment = assignment_of(text);
        if (assignment && assignment->key == "NTP") findings.add_words(assignment->value, number);
    }
    return findings.take();
}

Findings network_manager_leases(std::span<const FileText> devices, std::span<const FileText> leases,
                                WallTime now) {
    Findings all;
    std::vector<std::string> active;
    for (const FileText& file : devices) {
        Device device = device_of(file, now);
        if (!device.connection.empty()) active.push_back(std::move(device.connection));
        append(all, std::move(device.findings));
    }
    for (const FileText& file : leases) {
        const std::string_view name = std::string_view(file.path).substr(file.path.rfind('/') + 1);
        const bool current = std::ranges::any_of(active, [&](const std::string& connection) {
            return name.find(connection) != std::string_view::npos;
        });
        if (!current) continue;
        append(all,
               name.starts_with("dhclient") ? dhclient_leases(file, now) : networkd_lease(file));
    }
    return all;
}

}  // namespace clockwright
