#include "time/address.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace clockwright {
namespace {

using Groups = std::array<std::uint16_t, 8>;

/// A whole number without sign or white space; `base` 10 or 16.
template <class Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::array<std::uint8_t, 4>> parse_ipv4(std::string_view text) {
    std::array<std::uint8_t, 4> octets{};
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const std::size_t dot = text.find('.');
        const bool last = i + 1 == octets.size();
        if (last != (dot == std::string_view::npos)) {
            return std::nullopt;
        }
        const std::string_view part = text.substr(0, dot);
        const auto octet = parse_number<std::uint8_t>(part);
        if (!octet || (part.size() > 1 && part.front() == '0')) {
            return std::nullopt;
        }
        octets[i] = *octet;
        text.remove_prefix(last ? text.size() : dot + 1);
    }
    return octets;
}

/// Reads "a:b:c", the last part of which may be dotted IPv4, into `groups`; the count, or nothing.
std::optional<std::size_t> parse_groups(std::string_view text, Groups& groups) {
    if (text.empty()) {
        return 0;
    }
    for (std::size_t count = 0; count < groups.size();) {
        const std::size_t colon = text.find(':');
        const std::string_view part = text.substr(0, colon);
        const bool last = colon == std::string_view::npos;
        if (last && part.find('.') != std::string_view::npos) {
            const auto octets = parse_ipv4(part);
            if (!octets || count + 2 > groups.size()) {
                return std::nullopt;
            }
            groups[count] = static_cast<std::uint16_t>((*octets)[0] << 8 | (*octets)[1]);
            groups[count + 1] = static_cast<std::uint16_t>((*octets)[2] << 8 | (*octets)[3]);
            return count + 2;
        }
        const auto group = parse_number<std::uint16_t>(part, 16);
        if (!group || part.size() > 4) {
            return std::nullopt;
        }
        groups[count++] = *group;
        if (last) {
            return count;
        }
        text.remove_prefix(colon + 1);
    }
    return std::nullopt;
}

std::optional<Groups> parse_ipv6(std::string_view text) {
    Groups groups{};
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) {
        const auto count = parse_groups(text, groups);
        return count == groups.size() ? std::optional(groups) : std::nullopt;
    }
    const std::string_view head = text.substr(0, gap);
    Groups tail{};
    const auto before = parse_groups(head, groups);
    const auto after = parse_groups(text.substr(gap + 2), tail);
    const bool dotted_head = head.find('.') != std::string_view::npos;
    if (!before || !after || dotted_head || *before + *after >= groups.size()) {
        return std::nullopt;
    }
    std::copy_n(tail.begin(), *after, groups.end() - static_cast<std::ptrdiff_t>(*after));
    return groups;
}

bool is_mapped_ipv4(const Groups& groups) {
    return std::all_of(groups.begin(), groups.begin() + 5, [](auto group) { return group == 0; }) &&
           groups[5] == 0xffff;
}

IpAddress from_groups(const Groups& groups) {
    IpAddress address;
    const std::size_t skipped = is_mapped_ipv4(groups) ? 6 : 0;
    address.family = skipped ? Family::ipv4 : Family::ipv6;
    for (std::size_t i = skipped; i < groups.size(); ++i) {
        address.bytes[2 * (i - skipped)] = static_cast<std::uint8_t>(groups[i] >> 8);
        address.bytes[2 * (i - skipped) + 1] = static_cast<std::uint8_t>(groups[i] & 0xff);
    }
    return address;
}

Groups groups_of(const IpAddress& address) {
    Groups groups{};
    for (std::size_t i = 0; i < groups.size(); ++i) {
        groups[i] =
            static_cast<std::uint16_t>(address.bytes[2 * i] << 8 | address.bytes[2 * i + 1]);
    }
    return groups;
}

struct Run {
    std::size_t start = 0, length = 0;
};

/// The longest run of zero groups, the first of equals (RFC 5952 §4.2.3); a single zero is no run.
Run longest_zero_run(const Groups& groups) {
    Run longest;
    for (std::size_t start = 0; start < groups.size(); ++start) {
        std::size_t end = start;
        while (end < groups.size() && groups[end] == 0) {
            ++end;
        }
        if (end - start > longest.length) {
            longest = {start, end - start};
        }
    }
    return longest.length >= 2 ? longest : Run{};
}

std::string hex_groups(std::span<const std::uint16_t> groups) {
    return fmt::format("{:x}", fmt::join(groups, ":"));
}

std::string ipv6_text(const IpAddress& address) {
    const Groups groups = groups_of(address);
    const Run gap = longest_zero_run(groups);
    const std::span all(groups);
    std::string text = gap.length == 0 ? hex_groups(all)
                                       : hex_groups(all.first(gap.start)) +
                                             "::" + hex_groups(all.subspan(gap.start + gap.length));
    if (address.scope != 0) {
        text += fmt::format("%{}", address.scope);
    }
    return text;
}

}  // namespace

std::string dotted(std::span<const std::uint8_t, 4> octets) {
    std::array<char, 16> text;
    char* end = text.data();
    for (const std::uint8_t octet : octets) {
        end = std::to_chars(end, text.data() + text.size(), octet).ptr;
        *end++ = '.';
    }
    return {text.data(), end - 1};
}

bool IpAddress::is_loopback() const {
    if (family == Family::ipv4) {
        return bytes[0] == 127;
    }
    return bytes.back() == 1 &&
           std::all_of(bytes.begin(), bytes.end() - 1, [](auto byte) { return byte == 0; });
}

bool IpAddress::is_private() const {
    if (family == Family::ipv6) {
        return (bytes[0] & 0xfe) == 0xfc;
    }
    return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) ||
           (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 100 && (bytes[1] & 0xc0) == 64);
}

bool IpAddress::is_link_local() const {
    if (family == Family::ipv6) {
        return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
    }
    return bytes[0] == 169 && bytes[1] == 254;
}

bool IpAddress::is_multicast() const {
    if (family == Family::ipv6) {
        return bytes[0] == 0xff;
    }
    const bool broadcast =
        std::all_of(bytes.begin(), bytes.begin() + 4, [](auto byte) { return byte == 255; });
    return (bytes[0] & 0xf0) == 0xe0 || broadcast;
}

bool IpAddress::is_unspecified() const {
    return std::all_of(bytes.begin(), bytes.end(), [](auto byte) { return byte == 0; });
}

bool IpAddress::is_public() const {
    return !is_loopback() && !is_private() && !is_link_local() && !is_multicast() &&
           !is_unspecified();
}

bool IpAddress::shares_network(const IpAddress& other) const {
    const std::ptrdiff_t prefix_bytes = family == Family::ipv4 ? 3 : 6;
    return family == other.family &&
           std::equal(bytes.begin(), bytes.begin() + prefix_bytes, other.bytes.begin());
}

std::optional<IpAddress> parse_address(std::string_view text) {
    if (const auto octets = parse_ipv4(text)) {
        IpAddress address;
        std::copy(octets->begin(), octets->end(), address.bytes.begin());
        return address;
    }
    const std::size_t percent = text.find('%');
    const auto groups = parse_ipv6(text.substr(0, percent));
    if (!groups) {
        return std::nullopt;
    }
    IpAddress address = from_groups(*groups);
    if (percent != std::string_view::npos) {
        const auto scope = parse_number<std::uint32_t>(text.substr(percent + 1));
        const bool may_have_scope = address.family == Family::ipv6 && address.is_link_local();
        if (!scope || *scope == 0 || !may_have_scope) {
            return std::nullopt;
        }
        address.scope = *scope;
    }
    return address;
}

std::string to_string(const IpAddress& address) {
    return address.family == Family::ipv6 ? ipv6_text(address)
                                          : dotted(std::span(address.bytes).first<4>());
}

std::string to_string(const Endpoint& endpoint) {
    std::string text = to_string(endpoint.address);
    if (endpoint.address.family == Family::ipv6) text = '[' + text + ']';
    text += ':';
    return text += std::to_string(endpoint.port);
}

}  // namespace clockwright
