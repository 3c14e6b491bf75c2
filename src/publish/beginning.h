/// Text for those who take only so much of it.
#pragma once

#include <cstddef>
#include <string_view>

namespace clockwright {

/// The beginning of UTF-8 text: at most so many octets, no letter cut in two.
inline std::string_view beginning_of(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80U) --most;
    return text.substr(0, most);
}

}  // namespace clockwright
