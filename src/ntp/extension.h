/// Extension fields behind the NTP header, and those of NTS (RFC 7822, RFC 8915 §5.6, rule A-6).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace clockwright::ntp {

/// Types of the IANA registry that NTS uses.
namespace field_type {
inline constexpr std::uint16_t unique_identifier = 0x0104;
inline constexpr std::uint16_t cookie = 0x0204;
inline constexpr std::uint16_t cookie_placeholder = 0x0304;
inline constexpr std::uint16_t authenticator = 0x0404;
}  // namespace field_type

inline constexpr std::size_t field_header = 4;  ///< type and length, 16 bits each

/// Octets of a field with such a body: padded to a multiple of four, at least 16.
std::size_t field_size(std::size_t body);

/// Of a datagram; it lives as long as that.
struct ExtensionField {
    std::uint16_t type = 0;
    std::span<const std::uint8_t> body;  ///< with its padding, which nothing tells apart
    std::size_t begin = 0;               ///< where the field begins in the octets read
};

/// Reads one field after the other from octets nobody has checked.
class ExtensionReader {
  public:
    /// Where the fields stand. Behind a header a field has at least 16 octets and the last one 28,
    /// for what is shorter may be a MAC (RFC 7822 §7.5). Encrypted ones may be as short as they
    /// like.
    enum class Place : std::uint8_t { datagram, encrypted };

    explicit ExtensionReader(std::span<const std::uint8_t> fields, Place place = Place::datagram)
        : octets_(fields), place_(place) {}

    /// Empty at the end, and for ever after the first fault.
    std::optional<ExtensionField> next();

    /// Nothing read so far was at fault.
    bool is_sound() const { return sound_; }

  private:
    std::optional<ExtensionField> end(bool sound);

    std::span<const std::uint8_t> octets_;
    std::size_t at_ = 0;
    Place place_;
    bool sound_ = true;
};

/// Appends a field, padded with zeros. `body` has at most 65,528 octets.
void append_field(std::vector<std::uint8_t>& datagram, std::uint16_t type,
                  std::span<const std::uint8_t> body);

/// What the authenticator's body holds.
struct Authenticator {
    std::span<const std::uint8_t> nonce, ciphertext;
};

/// Empty when the lengths inside do not fit the body.
std::optional<Authenticator> read_authenticator(std::span<const std::uint8_t> body);

void append_authenticator(std::vector<std::uint8_t>& datagram, const Authenticator& authenticator);

}  // namespace clockwright::ntp
