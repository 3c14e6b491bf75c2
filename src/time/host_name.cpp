#include "time/host_name.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "time/address.h"
#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::string_view nts_scheme = "nts://";

// Locale-free on purpose: <cctype> would let a locale widen the grammar.
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char in_lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// "7", "0x7f": what inet_aton would read as a number.
bool is_number(std::string_view label) {
    if (label.starts_with("0x") || label.starts_with("0X")) {
        return std::ranges::all_of(label.substr(2), is_hex_digit);
    }
    return std::ranges::all_of(label, is_digit);
}

/// What is wrong with one label of a name; empty when nothing is.
std::string_view fault_of_label(std::string_view label) {
    if (label.empty()) {
        return "it has an empty label";
    }
    if (label.size() > 63) {
        return "a label is longer than 63 characters";
    }
    if (label.front() == '-' || label.back() == '-') {
        return "a label starts or ends with '-'";
    }
    if (label.front() == '_' || label.back() == '_') {
        return "a label starts or ends with '_'";
    }
    const bool clean = std::ranges::all_of(
        label, [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; });
    return clean ? "" : "only letters, digits, '-', '_' and '.' are allowed";
}

std::string_view fault_of_name(std::string_view name) {
    if (name.empty()) {
        return "the name is empty";
    }
    if (name.size() > 253) {
        return "it is longer than 253 characters";
    }
    for (std::size_t start = 0;;) {
        const std::size_t dot = name.find('.', start);
        const std::string_view label = name.substr(start, dot - start);
        if (const auto fault = fault_of_label(label); !fault.empty()) {
            return fault;
        }
        if (dot == std::string_view::npos) {
            return is_number(label) ? "a name cannot end in a number, and it is no address" : "";
        }
        start = dot + 1;
    }
}

/// 1–65535 without sign, white space or leading zero.
std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || text.front() == '0' || error != std::errc{} ||
        end != text.data() + text.size()) {
        return std::nullopt;
    }
    return port;
}

struct Parts {
    std::string_view name;
    std::optional<std::string_view> port;
    bool bracketed = false;
};

std::optional<Parts> split_brackets(std::string_view text) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view after = text.substr(close + 1);
    if (!after.empty() && after.front() != ':') {
        return std::nullopt;
    }
    Parts parts{.name = text.substr(1, close - 1), .port = {}, .bracketed = true};
    if (!after.empty()) {
        parts.port = after.substr(1);
    }
    return parts;
}

/// Parts of "name", "name:port", "[v6]", "[v6]:port" or a bare IPv6 address.
std::optional<Parts> split(std::string_view text) {
    if (text.starts_with('[')) {
        return split_brackets(text);
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) {
        return Parts{.name = text, .port = {}};
    }
    return Parts{.name = text.substr(0, colon), .port = text.substr(colon + 1)};
}

/// What is wrong with the name part; empty when nothing is.
std::string_view fault_of(const Parts& parts) {
    const auto address = parse_address(parts.name);
    if (parts.bracketed) {
        const bool is_ipv6 = address && parts.name.find(':') != std::string_view::npos;
        return is_ipv6 ? "" : "there is no IPv6 address between the brackets";
    }
    if (address) {
        return "";
    }
    if (parts.name.find(':') != std::string_view::npos) {
        return "it is neither name:port nor an IPv6 address";
    }
    return fault_of_name(parts.name);
}

std::uint16_t default_port(bool nts) {
    return nts ? key_exchange_port : ntp_port;
}

std::unexpected<Error> refuse(std::string_view text, std::string_view why) {
    return fail(Fault::usage, fmt::format("\"{}\" is no host: {}", printable(text), why));
}

}  // namespace

Result<HostName> parse_host(std::string_view text) {
    const bool nts = text.starts_with(nts_scheme);
    const auto parts = split(nts ? text.substr(nts_scheme.size()) : text);
    if (!parts) {
        return refuse(text, "the bracket is not followed by ':' and a port");
    }
    if (const auto fault = fault_of(*parts); !fault.empty()) {
        return refuse(text, fault);
    }
    HostName host{.name = std::string(parts->name), .port = default_port(nts), .nts = nts};
    if (parts->port) {
        const auto port = parse_port(*parts->port);
        if (!port) {
            return refuse(text, "the port is not a number from 1 to 65535");
        }
        host.port = *port;
    }
    return host;
}

std::string to_string(const HostName& host) {
    const bool is_ipv6 = host.name.find(':') != std::string::npos;
    const bool has_port = host.port != default_port(host.nts);
    std::string text(host.nts ? nts_scheme : std::string_view());
    text += is_ipv6 && (host.nts || has_port) ? '[' + host.name + ']' : host.name;
    if (has_port) {
        text += ':';
        text += std::to_string(host.port);
    }
    return text;
}

std::string_view without_root_dot(std::string_view name) {
    return name.substr(0, name.size() - (name.ends_with('.') ? 1 : 0));
}

bool is_address_literal(const HostName& host) {
    return parse_address(host.name).has_value();
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), in_lower_case);
    return lower;
}

}  // namespace clockwright
