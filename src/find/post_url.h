/// Where documents may be posted to: https, or http that does not leave this machine.
#pragma once

#include <string_view>

#include "result.h"

namespace clockwright {

/// A URL of the strict grammar of `parse_list_url`; http to this machine (a loopback address or
/// "localhost"), or to anybody with `plain_http`. Fault::bad_input with what is wrong.
Result<void> check_post_url(std::string_view url, bool plain_http);

}  // namespace clockwright
