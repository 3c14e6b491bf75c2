#include "system/siv_aead.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <climits>
#include <memory>

namespace clockwright::system {

namespace {

constexpr std::size_t block_size = 16;
constexpr std::size_t half_key = 16;
using Block = std::array<std::uint8_t, block_size>;

struct Free {
    void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

/// AES-128-CMAC with one key.
class Cmac {
  public:
    explicit Cmac(Octets key) {
        const std::unique_ptr<EVP_MAC, Free> mac{EVP_MAC_fetch(nullptr, "CMAC", nullptr)};
        keyed_.reset(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
        std::array<char, 12> cipher{"AES-128-CBC"};
        const std::array<OSSL_PARAM, 2> parameters{
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher.data(), 0),
            OSSL_PARAM_construct_end()};
        if (keyed_ && EVP_MAC_init(keyed_.get(), key.data(), key.size(), parameters.data()) != 1) {
            keyed_.reset();
        }
    }

    /// Of both parts as one text.
    std::optional<Block> of(Octets text, Octets more = {}) const {
        const std::unique_ptr<EVP_MAC_CTX, Free> context{keyed_ ? EVP_MAC_CTX_dup(keyed_.get())
                                                                : nullptr};
        Block tag;
        std::size_t size = 0;
        if (!context || EVP_MAC_update(context.get(), text.data(), text.size()) != 1 ||
            EVP_MAC_update(context.get(), more.data(), more.size()) != 1 ||
            EVP_MAC_final(context.get(), tag.data(), &size, tag.size()) != 1 ||
            size != tag.size()) {
            return std::nullopt;
        }
        return tag;
    }

  private:
    std::unique_ptr<EVP_MAC_CTX, Free> keyed_;
};

/// Multiplication by x in GF(2^128) (RFC 5297 §2.3), without a branch on the value.
Block doubled(const Block& block) {
    Block result;
    const auto overflow = static_cast<std::uint8_t>(block.front() >> 7U);
    for (std::size_t i = 0; i < block_size; ++i) {
        const unsigned next = i + 1 < block_size ? block[i + 1] >> 7U : 0U;
        result[i] = static_cast<std::uint8_t>((block[i] << 1U) | next);
    }
    result.back() = static_cast<std::uint8_t>(result.back() ^ (overflow * 0x87U));
    return result;
}

void exclusive_or(std::span<std::uint8_t> into, Octets with) {
    std::ranges::transform(into, with, into.begin(),
                           [](unsigned a, unsigned b) { return static_cast<std::uint8_t>(a ^ b); });
}

/// S2V of RFC 5297 §2.4: one tag over all strings, `plaintext` being the last.
std::optional<Block> s2v(const Cmac& cmac, std::span<const Octets> associated, Octets plaintext) {
    auto sum = cmac.of(Block{});
    for (const Octets text : associated) {
        const auto tag = cmac.of(text);
        if (!sum || !tag) {
            return std::nullopt;
        }
        sum = doubled(*sum);
        exclusive_or(*sum, *tag);
    }
    if (!sum) {
        return std::nullopt;
    }
    if (plaintext.size() >= block_size) {
        exclusive_or(*sum, plaintext.last(block_size));
        return cmac.of(plaintext.first(plaintext.size() - block_size), *sum);
    }
    Block padded{};
    std::ranges::copy(plaintext, padded.begin());
    padded[plaintext.size()] = 0x80;
    sum = doubled(*sum);
    exclusive_or(*sum, padded);
    return cmac.of(*sum);
}

/// AES-128-CTR from the synthetic IV; the same both ways. False when OpenSSL fails.
bool encrypt(Octets key, Block iv, Octets from, std::uint8_t* to) {
    iv[8] &= 0x7fU;
    iv[12] &= 0x7fU;
    if (from.empty()) {
        return true;
    }
    const std::unique_ptr<EVP_CIPHER_CTX, Free> context{EVP_CIPHER_CTX_new()};
    int size = 0;
    return from.size() <= INT_MAX && context &&
           EVP_EncryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, key.data(), iv.data()) ==
               1 &&
           EVP_EncryptUpdate(context.get(), to, &size, from.data(),
                             static_cast<int>(from.size())) == 1 &&
           static_cast<std::size_t>(size) == from.size();
}

}  // namespace

std::vector<std::uint8_t> siv_seal(Octets key, std::span<const Octets> associated,
                                   Octets plaintext) {
    if (key.size() != 2 * half_key) {
        return {};
    }
    const auto iv = s2v(Cmac{key.first(half_key)}, associated, plaintext);
    std::vector<std::uint8_t> sealed(block_size + plaintext.size());
    if (!iv || !encrypt(key.last(half_key), *iv, plaintext, sealed.data() + block_size)) {
        return {};
    }
    std::ranges::copy(*iv, sealed.begin());
    return sealed;
}

std::optional<std::vector<std::uint8_t>> siv_open(Octets key, std::span<const Octets> associated,
                                                  Octets ciphertext) {
    if (key.size() != 2 * half_key || ciphertext.size() < block_size) {
        return std::nullopt;
    }
    Block iv;
    std::ranges::copy(ciphertext.first(block_size), iv.begin());
    std::vector<std::uint8_t> plaintext(ciphertext.size() - block_size);
    const bool decrypted =
        encrypt(key.last(half_key), iv, ciphertext.subspan(block_size), plaintext.data());
    const auto wanted = s2v(Cmac{key.first(half_key)}, associated, plaintext);
    if (!decrypted || !wanted || CRYPTO_memcmp(wanted->data(), iv.data(), iv.size()) != 0) {
        OPENSSL_cleanse(plaintext.data(), plaintext.size());
        return std::nullopt;
    }
    return plaintext;
}

std::vector<std::uint8_t> SivAead::seal(Octets key, Octets nonce, Octets associated,
                                        Octets plaintext) const {
    const std::array<Octets, 2> strings{associated, nonce};
    return siv_seal(key, strings, plaintext);
}

std::optional<std::vector<std::uint8_t>> SivAead::open(Octets key, Octets nonce, Octets associated,
                                                       Octets ciphertext) const {
    const std::array<Octets, 2> strings{associated, nonce};
    return siv_open(key, strings, ciphertext);
}

}  // namespace clockwright::system
