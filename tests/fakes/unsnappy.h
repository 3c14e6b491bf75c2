/// A reader of Snappy's block format, to see what a writer wrote.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace clockwright {

/// Empty when it is no block.
inline std::optional<std::string> unsnappy(std::string_view block) {
    const auto number = [&block](std::size_t octets) {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < octets && i < block.size(); ++i)
            sum |= static_cast<std::size_t>(static_cast<unsigned char>(block[i])) << 8 * i;
        block.remove_prefix(std::min(octets, block.size()));
        return sum;
    };
    std::size_t wanted = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (block.empty()) return std::nullopt;
        const std::size_t octet = number(1);
        wanted |= (octet & 0x7fU) << shift;
        if (octet < 0x80) break;
    }
    std::string out;
    while (!block.empty()) {
        const std::size_t tag = number(1);
        std::size_t length = (tag >> 2U) + 1;
        if ((tag & 3U) == 0) {
            if (length > 60) length = number(length - 60) + 1;
            if (length > block.size()) return std::nullopt;
            out += block.substr(0, length);
            block.remove_prefix(length);
            continue;
        }
        if ((tag & 3U) != 2) return std::nullopt;  // kinds that are not written
        const std::size_t distance = number(2);
        if (distance == 0 || distance > out.size()) return std::nullopt;
        for (; length > 0; --length) out += out[out.size() - distance];
    }
    return out.size() == wanted ? std::optional(out) : std::nullopt;
}

}  // namespace clockwright
