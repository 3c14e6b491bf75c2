/// The port for authenticated encryption: AEAD_AES_SIV_CMAC_256 (RFC 5297, RFC 8915 §5.1).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace clockwright::ntp {

/// Deterministic and without state; keys of 32 octets, any length of nonce and text, also none.
class Aead {
  public:
    virtual ~Aead() = default;

    /// The ciphertext: 16 octets of synthetic IV, then as many octets as the plaintext has.
    virtual std::vector<std::uint8_t> seal(std::span<const std::uint8_t> key,
                                           std::span<const std::uint8_t> nonce,
                                           std::span<const std::uint8_t> associated,
                                           std::span<const std::uint8_t> plaintext) const = 0;

    /// The plaintext; empty when the ciphertext is not authentic.
    virtual std::optional<std::vector<std::uint8_t>> open(
        std::span<const std::uint8_t> key, std::span<const std::uint8_t> nonce,
        std::span<const std::uint8_t> associated,
        std::span<const std::uint8_t> ciphertext) const = 0;
};

}  // namespace clockwright::ntp
