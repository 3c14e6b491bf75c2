#include "find/list_url.h"

#include <fmt/format.h>

#include <algorithm>

#include "time/address.h"
#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::string_view scheme = "https://";
constexpr std::size_t longest_url = 2048;
constexpr std::uint16_t https_port = 443;

bool is_plain(char letter) {
    return letter > ' ' && letter < 0x7f && letter != '"' && letter != '\\' && letter != '<' &&
           letter != '>';
}

std::unexpected<Error> wrong(std::string_view text, std::string_view why) {
    return fail(Fault::usage,
                fmt::format("\"{}\" is no place of a list: {}", shown_url(text), why));
}

/// parse_host gives 123 where no port stands; written out it would be refused as well: nobody
/// serves HTTPS there.
Result<HostName> parse_authority(std::string_view text) {
    HostName host = TRY(parse_host(text));
    if (host.nts) return fail(Fault::usage, "nts:// names no web server");
    if (host.port == ntp_port) host.port = https_port;
    return host;
}

}  // namespace

Result<ListUrl> parse_list_url(std::string_view text) {
    if (!text.starts_with(scheme)) return wrong(text, "it must begin with https://");
    if (text.size() > longest_url) return wrong(text, "it is longer than 2048 octets");
    if (!std::ranges::all_of(text, is_plain))
        return wrong(text, "it holds a character that no URL has");
    if (text.find('#') != std::string_view::npos) return wrong(text, "it has a fragment");
    const std::string_view rest = text.substr(scheme.size());
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    const std::string_view authority = rest.substr(0, end);
    if (authority.find('@') != std::string_view::npos) return wrong(text, "it names a user");
    auto host = parse_authority(authority);
    if (!host) return std::unexpected(host.error());
    std::string target(rest.substr(end));
    if (!target.starts_with('/')) target.insert(0, "/");
    return ListUrl{std::move(*host), std::move(target)};
}

std::string to_string(const ListUrl& url) {
    const bool colons = url.host.name.find(':') != std::string::npos;
    return fmt::format("{}{}{}{}{}{}", scheme, colons ? "[" : "", url.host.name, colons ? "]" : "",
                       url.host.port == https_port ? "" : fmt::format(":{}", url.host.port),
                       url.target);
}

std::string shown_url(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos) return printable(text.substr(0, 200));
    const std::size_t colon = text.substr(0, at).find("://");
    const std::size_t begin = colon == std::string_view::npos ? 0 : colon + 3;
    return fmt::format("{}…{}", printable(text.substr(0, begin).substr(0, 20)),
                       printable(text.substr(at).substr(0, 200)));
}

ListUrl signature_of(const ListUrl& url) {
    ListUrl signature = url;
    const std::size_t end = std::min(url.target.find('?'), url.target.size());
    signature.target.insert(end, ".sig");
    return signature;
}

std::string why_not_followed(const ListUrl& named, const ListUrl& target) {
    if (lower_case(named.host.name) == lower_case(target.host.name)) return {};
    const auto address = parse_address(target.host.name);
    if (!address || address->is_public()) return {};
    return fmt::format("{} is a private address and another host than {}", to_string(*address),
                       printable(named.host.name));
}

}  // namespace clockwright
