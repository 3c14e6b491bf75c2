#define CURL_DISABLE_TYPECHECK 1
#include "system/http_post.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "find/post_url.h"
#include "system/curl_list.h"
#include "system/curl_request.h"
#include "time/spell.h"

namespace clockwright::system {
namespace {

constexpr std::string_view plain = "http://";

/// It begins no second line.
bool is_one_line(std::string_view text) {
    return text.find_first_of("\r\n") == std::string_view::npos &&
           text.find('\0') == std::string_view::npos;
}

}  // namespace

Result<PostAnswer> http_post(const std::string& url, std::string_view content_type,
                             const std::string& body, const PostSettings& settings) {
    TRY(check_post_url(url, settings.plain_http));
    if (!is_one_line(settings.token) || !std::ranges::all_of(settings.headers, is_one_line))
        return fail(Fault::bad_input, "a token or secret to send is more than one line");
    const CurlLibrary& curl = *TRY(curl_library());
    const bool is_plain = url.starts_with(plain);
    const std::string pem = is_plain ? std::string{} : TRY(trust_anchors(settings.ca));
    const bool only_here = is_plain && !settings.plain_http;
    Transfer transfer{settings.most, only_here ? Reach::only_loopback : Reach::anybody};
    transfer.grace = settings.grace;
    transfer.cut = true;  // the status alone says what came of it
    CurlRequest request(curl, transfer, pem, is_plain ? "http" : "https");
    if (!request.is_there()) return fail("libcurl gives no handle");
    CurlList headers(curl);
    headers.add(fmt::format("Content-Type: {}", content_type));
    headers.add("Expect:");  // no pause before the body
    if (!settings.token.empty()) headers.add("Authorization: Bearer " + settings.token);
    for (const std::string& header : settings.headers) headers.add(header);
    request.set(CURLOPT_HTTPHEADER, headers.get());
    request.set(CURLOPT_POST, 1L);
    request.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    request.set(CURLOPT_POSTFIELDS, body.c_str());
    if (is_plain) request.set(CURLOPT_NOPROXY, "*");
    auto status = request.run(url, settings.time_out);
    if (!status) {
        return fail(
            status.error().fault,
            fmt::format("cannot post{}: {}", settings.secret_url ? "" : " to " + printable(url),
                        status.error().message));
    }
    return PostAnswer{*status, std::move(transfer.body), request.retry_after()};
}

}  // namespace clockwright::system
