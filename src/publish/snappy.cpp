#include "publish/snappy.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace clockwright {
namespace {

constexpr std::size_t shortest_copy = 4, longest_copy = 64, farthest = 0xffff;
constexpr std::size_t literal_in_tag = 60;  // longer ones have their length in octets of its own
constexpr unsigned table_bits = 14;

std::uint32_t four_at(std::string_view octets, std::size_t at) {
    std::uint32_t four = 0;
    std::memcpy(&four, octets.data() + at, sizeof four);
    return four;
}

std::size_t place_of(std::uint32_t four) {
    return four * 0x9e3779b1U >> (32 - table_bits);
}

void add_little_endian(std::string& out, std::size_t number, int octets) {
    for (int i = 0; i < octets; ++i) out += static_cast<char>(number >> 8 * i & 0xffU);
}

/// Its tag has the low bits 00; what the six others cannot tell follows them.
void add_literal(std::string& out, std::string_view octets) {
    if (octets.empty()) return;
    const std::size_t length = octets.size() - 1;
    if (length < literal_in_tag) {
        out += static_cast<char>(length << 2U);
    } else {
        const int further = length < 1U << 8U ? 1 : length < 1U << 16U ? 2 : 4;
        out += static_cast<char>((literal_in_tag - 1 + static_cast<unsigned>(further)) << 2U);
        add_little_endian(out, length, further);
    }
    out += octets;
}

/// From `distance` back, with an offset of two octets: the low bits are 10.
void add_copy(std::string& out, std::size_t distance, std::size_t length) {
    for (; length > 0; length -= std::min(length, longest_copy)) {
        out += static_cast<char>((std::min(length, longest_copy) - 1) << 2U | 2U);
        add_little_endian(out, distance, 2);
    }
}

std::size_t same_octets(std::string_view octets, std::size_t earlier, std::size_t at) {
    std::size_t same = 0;
    while (at + same < octets.size() && octets[earlier + same] == octets[at + same]) ++same;
    return same;
}

}  // namespace

std::string snappy(std::string_view octets) {
    std::string out;
    for (std::size_t size = octets.size();; size >>= 7U) {
        out += static_cast<char>((size & 0x7fU) | (size > 0x7f ? 0x80U : 0U));
        if (size <= 0x7f) break;
    }
    std::array<std::size_t, std::size_t{1} << table_bits> seen{};  // where four octets were, plus 1
    std::size_t told = 0, at = 0;
    while (at + shortest_copy <= octets.size()) {
        std::size_t& last = seen[place_of(four_at(octets, at))];
        const std::size_t earlier = last;
        last = at + 1;
        if (earlier == 0 || at + 1 - earlier > farthest ||
            four_at(octets, earlier - 1) != four_at(octets, at)) {
            ++at;
            continue;
        }
        const std::size_t same = same_octets(octets, earlier - 1, at);
        add_literal(out, octets.substr(told, at - told));
        add_copy(out, at + 1 - earlier, same);
        at += same;
        told = at;
    }
    add_literal(out, octets.substr(told));
    return out;
}

}  // namespace clockwright
