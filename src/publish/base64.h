/// Base64 (RFC 4648 §4), with its padding.
#pragma once

#include <string>
#include <string_view>

namespace clockwright {

std::string base64(std::string_view octets);

}  // namespace clockwright
