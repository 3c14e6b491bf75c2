/// An AEAD for tests, without any secrecy: a sum over all it is given stands for the tag.
#pragma once

#include <algorithm>

#include "ntp/aead.h"

namespace clockwright {

class PlainAead final : public ntp::Aead {
  public:
    using Bytes = std::vector<std::uint8_t>;
    using Span = std::span<const std::uint8_t>;

    Bytes seal(Span key, Span nonce, Span associated, Span plaintext) const override {
        Bytes sealed = tag(key, nonce, associated, plaintext);
        sealed.insert(sealed.end(), plaintext.begin(), plaintext.end());
        return sealed;
    }

    std::optional<Bytes> open(Span key, Span nonce, Span associated,
                              Span ciphertext) const override {
        if (ciphertext.size() < tag_size) {
            return std::nullopt;
        }
        const Span plaintext = ciphertext.subspan(tag_size);
        if (!std::ranges::equal(ciphertext.first(tag_size),
                                tag(key, nonce, associated, plaintext))) {
            return std::nullopt;
        }
        return Bytes(plaintext.begin(), plaintext.end());
    }

  private:
    static constexpr std::size_t tag_size = 16;

    /// FNV-1a over all strings and their lengths, twice.
    static Bytes tag(Span key, Span nonce, Span associated, Span plaintext) {
        std::uint64_t sum = 0xcbf2'9ce4'8422'2325U;
        const auto add = [&sum](std::uint64_t octet) { sum = (sum ^ octet) * 0x100'0000'01b3U; };
        for (const Span part : {key, nonce, associated, plaintext}) {
            std::ranges::for_each(part, add);
            add(0x100 + part.size());
        }
        Bytes octets(tag_size);
        for (std::uint8_t& octet : octets) {
            octet = static_cast<std::uint8_t>(sum & 0xffU);
            add(octet);
        }
        return octets;
    }
};

}  // namespace clockwright
