/// AES-SIV-CMAC-256 by OpenSSL's parts (RFC 5297): its own "AES-128-SIV" cannot seal a text of no
/// octets, which is what an NTS request has.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ntp/aead.h"

namespace clockwright::system {

using Octets = std::span<const std::uint8_t>;

/// SIV with any number of associated strings: 16 octets of synthetic IV, then the ciphertext. `key`
/// has 32 octets: half for CMAC, half for AES-128-CTR. Empty when the key has not, or OpenSSL
/// fails.
std::vector<std::uint8_t> siv_seal(Octets key, std::span<const Octets> associated,
                                   Octets plaintext);

/// The plaintext; empty when the ciphertext is not authentic. Compares in constant time.
std::optional<std::vector<std::uint8_t>> siv_open(Octets key, std::span<const Octets> associated,
                                                  Octets ciphertext);

/// As RFC 8915 §5.6 uses it: the nonce is the last associated string.
class SivAead final : public ntp::Aead {
  public:
    std::vector<std::uint8_t> seal(Octets key, Octets nonce, Octets associated,
                                   Octets plaintext) const override;
    std::optional<std::vector<std::uint8_t>> open(Octets key, Octets nonce, Octets associated,
                                                  Octets ciphertext) const override;
};

}  // namespace clockwright::system
