#include "find/post_url.h"

#include <fmt/format.h>

#include <string>

#include "find/list_url.h"
#include "time/address.h"

namespace clockwright {
namespace {

constexpr std::string_view plain = "http://", secure = "https://";

std::unexpected<Error> wrong(std::string_view url, std::string_view why) {
    return fail(Fault::bad_input, fmt::format("\"{}\" {}", shown_url(url), why));
}

bool is_this_machine(const HostName& host) {
    const auto address = parse_address(host.name);
    return address ? address->is_loopback() : lower_case(host.name) == "localhost";
}

}  // namespace

Result<void> check_post_url(std::string_view url, bool plain_http) {
    const bool is_plain = url.starts_with(plain);
    if (!is_plain && !url.starts_with(secure))
        return wrong(url, "must begin with https://, or with http:// for this machine");
    const std::string_view rest = url.substr(is_plain ? plain.size() : secure.size());
    const auto parsed = parse_list_url(std::string(secure) + std::string(rest));
    if (!parsed && rest.substr(0, rest.find('/')).contains('@'))
        return wrong(url, "names a user: that belongs into user and password_file, or token_file");
    if (!parsed) return wrong(url, "is no URL like \"http://127.0.0.1:9093\"");
    if (is_plain && !plain_http && !is_this_machine(parsed->host)) {
        return wrong(url,
                     "is not this machine, and http is not encrypted: use https, or say "
                     "plain_http = true");
    }
    return {};
}

}  // namespace clockwright
