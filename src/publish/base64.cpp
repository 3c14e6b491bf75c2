#include "publish/base64.h"

#include <cstdint>

namespace clockwright {

std::string base64(std::string_view octets) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((octets.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        std::uint32_t three = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            const unsigned char octet = i + k < octets.size() ? octets[i + k] : 0;
            three = (three << 8U) | octet;
        }
        for (std::size_t k = 0; k < 4; ++k) {
            const bool padding = i + k > octets.size();
            out += padding ? '=' : letters[(three >> (18 - 6 * k)) & 63U];
        }
    }
    return out;
}

}  // namespace clockwright
