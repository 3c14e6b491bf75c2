#include "publish/http_target.h"

#include <algorithm>
#include <charconv>

#include "time/address.h"
#include "time/host_name.h"

namespace clockwright {
namespace {

std::optional<unsigned> hex_digit(char letter) {
    if (letter >= '0' && letter <= '9') return static_cast<unsigned>(letter - '0');
    if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a') + 10U;
    if (letter >= 'A' && letter <= 'F') return static_cast<unsigned>(letter - 'A') + 10U;
    return std::nullopt;
}

bool is_control(char letter) {
    return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
}

/// `plus_is_space`: as forms write it.
std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char letter = text[i];
        if (letter == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const auto high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
            if (!high || !low) return std::nullopt;
            letter = static_cast<char>(*high << 4U | *low);
            i += 2;
        } else if (letter == '+' && plus_is_space) {
            letter = ' ';
        }
        if (is_control(letter)) return std::nullopt;
        out += letter;
    }
    return out;
}

std::optional<std::map<std::string, std::string>> parse_parameters(std::string_view text) {
    std::map<std::string, std::string> parameters;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto name = decode(pair.substr(0, equals), true);
        auto value = decode(pair.substr(std::min(equals + 1, pair.size())), true);
        if (!name || !value) return std::nullopt;
        if (!parameters.emplace(std::move(*name), std::move(*value)).second) return std::nullopt;
    }
    return parameters;
}

bool is_of_name(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '.' ||
           letter == '-' || letter == '_';
}

/// What follows the host: nothing, or ":port".
bool take_port(std::string_view text, std::uint16_t& port) {
    if (text.empty()) return true;
    if (!text.starts_with(':') || text.size() > 6) return false;
    text.remove_prefix(1);
    if (text.empty()) return true;  // "host:" is allowed (RFC 3986 §3.2.3)
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

std::optional<std::string_view> after_scheme(std::string_view text, std::string_view scheme) {
    if (text.size() < scheme.size() || lower_case(text.substr(0, scheme.size())) != scheme)
        return std::nullopt;
    return text.substr(scheme.size());
}

}  // namespace

std::optional<HttpAuthority> parse_authority(std::string_view text) {
    HttpAuthority authority;
    if (text.starts_with('[')) {
        const std::size_t bracket = text.find(']');
        if (bracket == std::string_view::npos) return std::nullopt;
        const auto address = parse_address(text.substr(1, bracket - 1));
        if (!address || !text.substr(1, bracket).contains(':')) return std::nullopt;
        authority.host = to_string(*address);
        if (!take_port(text.substr(bracket + 1), authority.port)) return std::nullopt;
        return authority;
    }
    const std::string_view name = text.substr(0, text.find(':'));
    authority.host = lower_case(name);
    if (authority.host.ends_with('.')) authority.host.pop_back();
    if (authority.host.empty() || authority.host.size() > 253) return std::nullopt;
    if (!std::ranges::all_of(authority.host, is_of_name)) return std::nullopt;
    if (!take_port(text.substr(name.size()), authority.port)) return std::nullopt;
    return authority;
}

std::optional<HttpAuthority> parse_origin(std::string_view text) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (const auto rest = after_scheme(text, scheme)) return parse_authority(*rest);
    }
    return std::nullopt;
}

std::optional<HttpTarget> parse_target(std::string_view text) {
    HttpTarget target;
    if (const auto rest = after_scheme(text, "http://")) {
        const std::size_t end = std::min(rest->find_first_of("/?"), rest->size());
        target.authority = parse_authority(rest->substr(0, end));
        if (!target.authority) return std::nullopt;
        text = rest->substr(end);
        if (text.empty()) text = "/";
    }
    if (!text.starts_with('/') || text.contains('#')) return std::nullopt;
    const std::size_t question = std::min(text.find('?'), text.size());
    auto path = decode(text.substr(0, question), false);
    auto query = parse_parameters(text.substr(std::min(question + 1, text.size())));
    if (!path || !query) return std::nullopt;
    target.path = std::move(*path);
    target.query = std::move(*query);
    return target;
}

bool address_request(HttpRequest& request, std::string_view target, std::string_view host) {
    auto parsed = parse_target(target);
    if (!parsed) return false;
    HttpAuthority authority;
    if (parsed->authority) {
        authority = *parsed->authority;
    } else if (!host.empty()) {
        const auto named = parse_authority(host);
        if (!named) return false;
        authority = *named;
    }
    request.path = std::move(parsed->path);
    request.query = std::move(parsed->query);
    request.host = std::move(authority.host);
    request.port = authority.port;
    return true;
}

}  // namespace clockwright
