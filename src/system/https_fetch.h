/// One document over HTTPS, with limits on everything: octets, time, redirections, addresses.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "find/list_url.h"
#include "result.h"
#include "time/units.h"

namespace clockwright::system {

struct FetchSettings {
    std::size_t most = std::size_t{4} << 20U;  ///< octets of the document; reading stops at once
    Seconds time_out{15};                      ///< of everything, redirections included
    int redirections = 3;
    /// PEM files of further trust anchors, beside the system's and SSL_CERT_FILE's.
    std::vector<std::string> ca;
};

struct Fetched {
    std::string body;
    std::string from;  ///< the URL that gave it, after redirections
};

/// By which proxy a redirection to another host is followed, as libcurl reads the environment;
/// empty: by none, and then to no private address. A proxy looks the name up itself, and may have a
/// private address; so that it cannot be told from the host's, it is used whatever `no_proxy` says,
/// unless that is "*".
std::string proxy_for_redirection(const ListUrl& to,
                                  const std::function<const char*(const char* name)>& variable);

/// TLS 1.2 at least, the certificate verified; only https, also after a redirection
/// (`why_not_followed`; a name that resolves to a private address is refused there too). A proxy is
/// used when the environment names one (https_proxy), never for an address written literally.
/// Faults: bad_input (a file of `ca`), interrupted, failed.
Result<Fetched> fetch_https(const ListUrl& url, const FetchSettings& settings);

}  // namespace clockwright::system
