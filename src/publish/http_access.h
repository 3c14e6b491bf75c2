/// Who may ask the HTTP server: by what name, from which page, with which token.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "publish/http.h"
#include "time/address.h"

namespace clockwright {

struct AccessRules {
    IpAddress listen{};              ///< where the server listens
    std::vector<std::string> hosts;  ///< names it is asked by, besides its address and loopback
    std::string token;               ///< empty: there is none, so nobody has it
};

/// The answer to a request that may not be answered otherwise; empty: it may.
/// 421 a Host that is not ours (a name that was rebound to this address); 403 an Origin that is
/// not the host asked; 401 no token, where one is needed: for every write, and for everything when
/// either end is no loopback address.
std::optional<HttpResponse> refusal(const HttpRequest& request, const AccessRules& rules);

/// Takes as long whatever they have in common.
bool is_same_secret(std::string_view one, std::string_view other);

}  // namespace clockwright
