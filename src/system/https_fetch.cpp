#define CURL_DISABLE_TYPECHECK 1
#include "system/https_fetch.h"

#include <fmt/format.h>

#include <chrono>

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

}  // namespace

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
        Transfer transfer{settings.most, elsewhere ? Reach::only_public : Reach::anybody};
        CurlRequest request(curl, transfer, pem, "https");
        if (is_address_literal(at.host) && request.is_there()) request.set(CURLOPT_NOPROXY, "*");
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
