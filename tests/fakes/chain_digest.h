/// A digest for chains in tests, and how they are verified; the street has the true digest.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "store/chain_lines.h"
#include "time/fnv.h"

namespace clockwright {

/// 64 digits that depend on every octet.
inline std::string chain_digest(std::string_view bytes) {
    std::string text;
    for (const char salt : {'a', 'b', 'c', 'd'})
        text += fmt::format("{:016x}", fnv1a(std::string(1, salt) + std::string(bytes)));
    return text;
}

inline Result<store::ChainEnd> verify_chain(std::span<const store::ChainFile> files,
                                            std::string head = {},
                                            const store::ChainEnd& base = {}) {
    store::ChainCheck check(chain_digest, std::move(head), base);
    for (const store::ChainFile& file : files) TRY(check.go_on(file));
    return check.finish();
}

}  // namespace clockwright
