/// A digest for chains in tests; the street has the true one.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "time/fnv.h"

namespace clockwright {

/// 64 digits that depend on every octet.
inline std::string chain_digest(std::string_view bytes) {
    std::string text;
    for (const char salt : {'a', 'b', 'c', 'd'})
        text += fmt::format("{:016x}", fnv1a(std::string(1, salt) + std::string(bytes)));
    return text;
}

}  // namespace clockwright
