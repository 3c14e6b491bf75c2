#define CURL_DISABLE_TYPECHECK 1
#include "system/https_fetch.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "system/clock.h"
#include "system/curl_request.h"
#include "system/event_loop.h"
#include "time/spell.h"

namespace clockwright::system {
namespace {

std::unexpected<Error> cannot_fetch(const ListUrl& url, const Error& error) {
    return fail(error.fault,
                fmt::format("cannot fetch {}: {}", printable(to_string(url)), error.message));
}

Result<ListUrl> redirected(const ListUrl& named, const std::string& location) {
    auto target = parse_list_url(location);
    if (!target) {
        return fail(fmt::format("it redirects to {}, which is not followed",
                                printable(location.substr(0, 200))));
    }
    if (const std::string why = why_not_followed(named, *target); !why.empty())
        return fail("it redirects, and is not followed: " + why);
    return target;
}

std::string first_of(std::initializer_list<const char*> names,
                     const std::function<const char*(const char*)>& variable) {
    for (const char* name : names) {
        const char* value = variable(name);
        if (value != nullptr && *value != '\0') return value;
    }
    return {};
}

}  // namespace

std::string proxy_for_redirection(const ListUrl& to,
                                  const std::function<const char*(const char* name)>& variable) {
    if (is_address_literal(to.host) || first_of({"no_proxy", "NO_PROXY"}, variable) == "*")
        return {};
    return first_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}, variable);
}

Result<Fetched> fetch_https(const ListUrl& url, const FetchSettings& settings) {
    catch_signals();
    const CurlLibrary& curl = *TRY(curl_library());
    const std::string pem = TRY(trust_anchors(settings.ca));
    const SteadyTime end = read_clocks().steady + to_nanoseconds(settings.time_out);
    ListUrl at = url;
    for (int hop = 0; hop <= settings.redirections; ++hop) {
        const Seconds left = end - read_clocks().steady;
        if (left.count() <= 0) return cannot_fetch(url, {Fault::failed, "it takes too long"});
        const bool elsewhere = at.host.name != url.host.name;
        const std::string proxy = elsewhere ? proxy_for_redirection(at, &std::getenv) : "";
        const bool direct = elsewhere && proxy.empty();
        Transfer transfer{settings.most, direct ? Reach::only_public : Reach::anybody};
        CurlRequest request(curl, transfer, pem, "https");
        if (!request.is_there())
            return cannot_fetch(url, {Fault::failed, "libcurl gives no handle"});
        if (!proxy.empty()) request.set(CURLOPT_PROXY, proxy.c_str());
        if (elsewhere || is_address_literal(at.host))
            request.set(CURLOPT_NOPROXY, proxy.empty() ? "*" : "");
        const auto status = request.run(to_string(at), left);
        if (!status) return cannot_fetch(url, status.error());
        if (*status == 200) return Fetched{std::move(transfer.body), to_string(at)};
        const std::string location = request.redirection();
        if (*status < 300 || *status > 399 || location.empty()) {
            return cannot_fetch(url,
                                {Fault::failed, fmt::format("the server answers {}", *status)});
        }
        auto next = redirected(url, location);
        if (!next) return cannot_fetch(url, next.error());
        at = std::move(*next);
    }
    return cannot_fetch(url, {Fault::failed, "it redirects too often"});
}

}  // namespace clockwright::system
