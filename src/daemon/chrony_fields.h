/// Big-endian fields at fixed places, as chrony's control protocol has them.
#pragma once

#include <cstdint>
#include <span>

namespace clockwright::chrony {

/// The caller has checked that `bytes` reaches behind the field.
inline std::uint16_t field16(std::span<const std::uint8_t> bytes, std::size_t offset) {
    return static_cast<std::uint16_t>(bytes[offset] << 8 | bytes[offset + 1]);
}

inline std::uint32_t field32(std::span<const std::uint8_t> bytes, std::size_t offset) {
    return std::uint32_t{field16(bytes, offset)} << 16 | field16(bytes, offset + 2);
}

inline void set_field16(std::span<std::uint8_t> bytes, std::size_t offset, std::uint16_t value) {
    bytes[offset] = static_cast<std::uint8_t>(value >> 8);
    bytes[offset + 1] = static_cast<std::uint8_t>(value & 0xff);
}

inline void set_field32(std::span<std::uint8_t> bytes, std::size_t offset, std::uint32_t value) {
    set_field16(bytes, offset, static_cast<std::uint16_t>(value >> 16));
    set_field16(bytes, offset + 2, static_cast<std::uint16_t>(value & 0xffff));
}

/// The kinds of address field; `id` stands for a name that has no address yet.
enum class AddressKind : std::uint16_t { unspecified = 0, ipv4 = 1, ipv6 = 2, id = 3 };

}  // namespace clockwright::chrony
