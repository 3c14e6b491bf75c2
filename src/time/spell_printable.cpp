#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "time/spell.h"

namespace clockwright {
namespace {

struct CodePoint {
    char32_t value = 0;
    std::size_t length = 0;  ///< in bytes; 0: no valid UTF-8 here
};

/// How many bytes follow a lead byte; nothing for a byte that cannot lead.
std::optional<std::size_t> bytes_after(std::uint8_t lead) {
    if (lead < 0x80) {
        return 0;
    }
    if (lead >= 0xc2 && lead < 0xe0) {
        return 1;
    }
    if (lead >= 0xe0 && lead < 0xf0) {
        return 2;
    }
    return lead >= 0xf0 && lead < 0xf5 ? std::optional<std::size_t>(3) : std::nullopt;
}

/// The first character of a non-empty `text` (RFC 3629: no overlong forms, no surrogates).
CodePoint decode_utf8(std::string_view text) {
    const auto lead = static_cast<std::uint8_t>(text.front());
    const auto following = bytes_after(lead);
    if (!following || text.size() <= *following) {
        return {};
    }
    char32_t value = *following == 0 ? lead : lead & (0x3fu >> *following);
    for (std::size_t i = 1; i <= *following; ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        if ((byte & 0xc0) != 0x80) {
            return {};
        }
        value = value << 6 | (byte & 0x3f);
    }
    static constexpr std::array<char32_t, 4> least{0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
    const bool valid = value >= least[*following] && value <= 0x10ffff && !is_surrogate;
    return valid ? CodePoint{value, *following + 1} : CodePoint{};
}

/// Characters that steer a terminal or hide and reorder what a person reads: C0, DEL, C1, soft
/// hyphen, zero-width and bidirectional marks, line separators, byte order mark.
bool is_harmful(char32_t c) {
    static constexpr std::array<std::pair<char32_t, char32_t>, 8> ranges{{
        {0x00, 0x1f},
        {0x7f, 0x9f},
        {0xad, 0xad},
        {0x61c, 0x61c},
        {0x200b, 0x200f},
        {0x2028, 0x202e},
        {0x2060, 0x206f},
        {0xfeff, 0xfeff},
    }};
    return std::ranges::any_of(
        ranges, [c](const auto& range) { return c >= range.first && c <= range.second; });
}

}  // namespace

std::string printable(std::string_view text) {
    std::string shown;
    while (!text.empty()) {
        const CodePoint point = decode_utf8(text);
        const std::string_view bytes = text.substr(0, std::max<std::size_t>(point.length, 1));
        if (point.length == 0 || point.value == U'\\' || is_harmful(point.value)) {
            for (const char byte : bytes) {
                shown += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(byte));
            }
        } else {
            shown += bytes;
        }
        text.remove_prefix(bytes.size());
    }
    return shown;
}

}  // namespace clockwright
