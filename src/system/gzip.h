/// gzip (RFC 1952), for bodies that are posted.
#pragma once

#include <string>
#include <string_view>

namespace clockwright::system {

std::string gzip(std::string_view octets);

}  // namespace clockwright::system
