#include "find/dhcp_options.h"

#include <algorithm>
#include <cstdint>

#include "time/address.h"

namespace clockwright {
namespace {

constexpr std::size_t bootp_header = 236, most_message = 65'536, most_servers = 64;
constexpr std::string_view magic_cookie("\x63\x82\x53\x63", 4);
constexpr std::uint8_t pad = 0, end_of_options = 255, ntp_servers = 42;
constexpr std::uint16_t sntp_servers = 31, ntp_server = 56;
constexpr std::uint16_t suboption_address = 1, suboption_name = 3;

std::uint8_t octet(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

std::uint16_t word(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(octet(bytes, at) << 8U | octet(bytes, at + 1));
}

std::string address_text(Family family, std::string_view bytes) {
    IpAddress address;
    address.family = family;
    for (std::size_t i = 0; i < bytes.size(); ++i) address.bytes[i] = octet(bytes, i);
    return to_string(address);
}

void add_addresses(std::vector<std::string>& servers, Family family, std::string_view bytes) {
    const std::size_t size = family == Family::ipv4 ? 4 : 16;
    for (; bytes.size() >= size && servers.size() < most_servers; bytes.remove_prefix(size)) {
        servers.push_back(address_text(family, bytes.substr(0, size)));
    }
}

/// A name in labels (RFC 1035 §3.1, without compression); empty when it is none.
std::string name_of(std::string_view bytes) {
    std::string name;
    while (!bytes.empty() && octet(bytes, 0) != 0) {
        const std::size_t length = octet(bytes, 0);
        if (length > 63 || length >= bytes.size()) return {};
        name += (name.empty() ? "" : ".") + std::string(bytes.substr(1, length));
        bytes.remove_prefix(length + 1);
    }
    return bytes.size() == 1 ? name : std::string{};
}

/// Calls `take(code, value)` for each option or suboption that is wholly there.
template <class Take>
void for_each_option6(std::string_view bytes, Take take) {
    while (bytes.size() >= 4) {
        const std::size_t length = word(bytes, 2);
        if (bytes.size() < 4 + length) return;
        take(word(bytes, 0), bytes.substr(4, length));
        bytes.remove_prefix(4 + length);
    }
}

}  // namespace

std::vector<std::string> dhcp4_time_servers(std::string_view message) {
    if (message.size() > most_message || message.size() < bootp_header + magic_cookie.size() ||
        message.substr(bootp_header, magic_cookie.size()) != magic_cookie) {
        return {};
    }
    std::string addresses;
    std::string_view options = message.substr(bootp_header + magic_cookie.size());
    while (!options.empty() && octet(options, 0) != end_of_options) {
        if (octet(options, 0) == pad) {
            options.remove_prefix(1);
            continue;
        }
        if (options.size() < 2 || options.size() < 2U + octet(options, 1)) return {};
        if (octet(options, 0) == ntp_servers) addresses += options.substr(2, octet(options, 1));
        options.remove_prefix(2U + octet(options, 1));
    }
    std::vector<std::string> servers;
    add_addresses(servers, Family::ipv4, addresses);
    return servers;
}

std::vector<std::string> dhcp6_time_servers(std::string_view message) {
    constexpr std::size_t header = 4;  // type and transaction
    if (message.size() > most_message || message.size() < header) return {};
    std::vector<std::string> servers;
    for_each_option6(message.substr(header), [&](std::uint16_t code, std::string_view value) {
        if (code == sntp_servers) add_addresses(servers, Family::ipv6, value);
        if (code != ntp_server) return;
        for_each_option6(value, [&](std::uint16_t kind, std::string_view content) {
            if (servers.size() >= most_servers) return;
            if (kind == suboption_address && content.size() == 16) {
                add_addresses(servers, Family::ipv6, content);
            } else if (kind == suboption_name) {
                servers.push_back(name_of(content));
            }
        });
    });
    return servers;
}

Findings dhcpcd_lease(const FileText& file) {
    FileFindings findings(file.path);
    const bool ipv6 = file.path.ends_with('6');
    for (const std::string& server :
         ipv6 ? dhcp6_time_servers(file.text) : dhcp4_time_servers(file.text)) {
        findings.add(server, 0);
    }
    return findings.take();
}

}  // namespace clockwright
