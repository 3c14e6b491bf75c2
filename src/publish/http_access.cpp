#include "publish/http_access.h"

#include <algorithm>

#include "publish/http_reply.h"
#include "publish/http_target.h"
#include "time/host_name.h"
#include "time/spell.h"

namespace clockwright {
namespace {

bool is_ours(const std::string& host, const AccessRules& rules) {
    if (host.empty()) return false;
    if (const auto address = parse_address(host)) {
        // No name can be rebound to a literal; who listens everywhere is asked by any of his own.
        if (address->is_loopback() || *address == rules.listen || rules.listen.is_unspecified())
            return true;
    }
    if (host == "localhost") return true;
    return std::ranges::any_of(rules.hosts, [&](const std::string& name) {
        const auto authority = parse_authority(name);
        return authority ? authority->host == host : lower_case(name) == host;
    });
}

bool is_write(const HttpRequest& request) {
    return request.method != "GET" && request.method != "HEAD";
}

bool needs_token(const HttpRequest& request, const AccessRules& rules) {
    return is_write(request) || !rules.listen.is_loopback() || !request.remote.is_loopback();
}

bool has_token(const HttpRequest& request, const AccessRules& rules) {
    constexpr std::string_view scheme = "bearer ";
    const std::string_view given = request.authorization;
    if (rules.token.empty() || given.size() < scheme.size() ||
        lower_case(given.substr(0, scheme.size())) != scheme)
        return false;
    return is_same_secret(given.substr(scheme.size()), rules.token);
}

}  // namespace

bool is_same_secret(std::string_view one, std::string_view other) {
    unsigned differing = one.size() == other.size() ? 0U : 1U;
    for (std::size_t i = 0; i < one.size(); ++i) {
        // Over the whole of what was given: its length is no secret, ours stays one.
        const char theirs = other.empty() ? '\0' : other[i % other.size()];
        differing |= static_cast<unsigned>(static_cast<unsigned char>(one[i] ^ theirs));
    }
    return differing == 0;
}

std::optional<HttpResponse> refusal(const HttpRequest& request, const AccessRules& rules) {
    if (!is_ours(request.host, rules)) {
        return fault_reply(
            421, "this server does not answer to the name \"" + printable(request.host) + "\"");
    }
    if (!request.origin.empty()) {
        const auto origin = parse_origin(request.origin);
        if (!origin || origin->host != request.host || origin->port != request.port)
            return fault_reply(403, "pages of other origins may not ask this server");
    }
    if (needs_token(request, rules) && !has_token(request, rules)) {
        HttpResponse response = fault_reply(
            401, rules.token.empty() ? "a token is needed, and none is configured"
                                     : "a token is needed: Authorization: Bearer TOKEN");
        response.headers["WWW-Authenticate"] = "Bearer realm=\"clockwright\"";
        return response;
    }
    return std::nullopt;
}

}  // namespace clockwright
