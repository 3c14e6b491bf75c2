/// Where a server list may come from: https, a strict host, nothing hidden in it.
#pragma once

#include <string>
#include <string_view>

#include "result.h"
#include "time/host_name.h"

namespace clockwright {

struct ListUrl {
    HostName host;       ///< with the port, default 443
    std::string target;  ///< path and query, begins with '/'

    friend bool operator==(const ListUrl&, const ListUrl&) = default;
};

/// "https://host[:port][/path][?query]": no user, no fragment, printable ASCII without spaces and
/// quotes, at most 2048 octets. Fault::usage, the text escaped.
Result<ListUrl> parse_list_url(std::string_view text);

std::string to_string(const ListUrl& url);

/// For messages about a faulty one, escaped and cut: where it holds an @, what could be a user and
/// a password before it is "…".
std::string shown_url(std::string_view text);

/// The detached signature lies beside the list: ".sig" after the path, the query kept.
ListUrl signature_of(const ListUrl& url);

/// Why a redirection from what the user named to `target` is not followed; empty when it is. An
/// address that is not public is followed within the host that the user named only.
std::string why_not_followed(const ListUrl& named, const ListUrl& target);

}  // namespace clockwright
