/// FNV-1a of 64 bits: spreads texts, hides nothing.
#pragma once

#include <cstdint>
#include <string_view>

namespace clockwright {

/// `hash`: of what goes before this text.
constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t hash = 0xcbf2'9ce4'8422'2325U) {
    for (const char letter : text) {
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100'0000'01b3U;
    }
    return hash;
}

static_assert(fnv1a("a") == 0xaf63'dc4c'8601'ec8cU);  // of the published test vectors

}  // namespace clockwright
