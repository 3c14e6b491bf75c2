/// The target of a request, and the authority it is for, from a client's octets (RFC 9112 §3.2).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "publish/http.h"

namespace clockwright {

/// "localhost:8123", "[::1]:8123", "clock.example".
struct HttpAuthority {
    std::string host;        ///< lower case, without brackets and final dot
    std::uint16_t port = 0;  ///< 0: none is written

    friend bool operator==(const HttpAuthority&, const HttpAuthority&) = default;
};

struct HttpTarget {
    std::string path;  ///< begins with '/', percent-decoded
    std::map<std::string, std::string> query;
    std::optional<HttpAuthority> authority;  ///< of the absolute form, which overrules Host

    friend bool operator==(const HttpTarget&, const HttpTarget&) = default;
};

/// "/path?name=value", or "http://host/path" as a proxy is asked. Empty for every other form, a
/// broken percent sign, a control character, and a parameter that stands there twice.
std::optional<HttpTarget> parse_target(std::string_view text);

/// A name of letters, digits, '.', '-', '_', an IPv4 address, or an IPv6 address in brackets.
std::optional<HttpAuthority> parse_authority(std::string_view text);

/// "http://host:port" or https; empty for "null" and everything else.
std::optional<HttpAuthority> parse_origin(std::string_view text);

/// Fills path, query, host and port. `host`: the Host header. False: it is no request for anybody.
bool address_request(HttpRequest& request, std::string_view target, std::string_view host);

}  // namespace clockwright
