#include "system/siv_aead.h"

#include <doctest/doctest.h>

#include <array>
#include <numeric>
#include <string_view>

namespace clockwright::system {

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes hex(std::string_view text) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        bytes.push_back(static_cast<std::uint8_t>(digit(text[i]) * 16 + digit(text[i + 1])));
    }
    return bytes;
}

/// 0, 1, 2, …
Bytes counting(std::size_t size) {
    Bytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    return bytes;
}

const Bytes key = hex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");

}  // namespace

TEST_CASE("RFC 5297 A.1: one associated string, no nonce, a text of 14 octets") {
    const Bytes associated = hex("101112131415161718191a1b1c1d1e1f2021222324252627");
    const Bytes plaintext = hex("112233445566778899aabbccddee");
    const Bytes wanted = hex("85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c");
    const std::array<Octets, 1> strings{associated};
    CHECK(siv_seal(key, strings, plaintext) == wanted);
    CHECK(siv_open(key, strings, wanted) == plaintext);
}

TEST_CASE("RFC 5297 A.2: two associated strings and a nonce, a text of 47 octets") {
    const Bytes own_key = hex("7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f");
    const Bytes first =
        hex("00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100");
    const Bytes second = hex("102030405060708090a0");
    const Bytes nonce = hex("09f911029d74e35bd84156c5635688c0");
    const Bytes plaintext = hex(
        "7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d41"
        "4553");
    const Bytes wanted = hex(
        "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba"
        "8af829ea64ad544a272e9c485b62a3fd5c0d");
    const std::array<Octets, 3> strings{first, second, nonce};
    CHECK(siv_seal(own_key, strings, plaintext) == wanted);
    CHECK(siv_open(own_key, strings, wanted) == plaintext);
}

TEST_CASE("what is sealed opens again, whatever its lengths, also of nothing") {
    const SivAead aead;
    for (const std::size_t nonce : {0, 1, 16, 17}) {
        for (const std::size_t associated : {0, 1, 15, 16, 48, 300}) {
            for (const std::size_t text : {0, 1, 15, 16, 17, 31, 32, 33, 900}) {
                CAPTURE(nonce);
                CAPTURE(associated);
                CAPTURE(text);
                const Bytes sealed =
                    aead.seal(key, counting(nonce), counting(associated), counting(text));
                CHECK(sealed.size() == 16 + text);
                CHECK(aead.open(key, counting(nonce), counting(associated), sealed) ==
                      counting(text));
            }
        }
    }
}

TEST_CASE("the nonce and the associated text are two strings, not one") {
    const SivAead aead;
    CHECK(aead.seal(key, counting(1), counting(2), {}) !=
          aead.seal(key, counting(2), counting(1), {}));
}

TEST_CASE("one bit changed anywhere, and nothing opens") {
    const SivAead aead;
    const Bytes nonce = counting(16), associated = counting(20), text = counting(21);
    const Bytes sealed = aead.seal(key, nonce, associated, text);
    const auto flipped = [](Bytes bytes, std::size_t bit) {
        bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << bit % 8));
        return bytes;
    };
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        CHECK_FALSE(aead.open(key, nonce, associated, flipped(sealed, bit)));
    }
    for (std::size_t bit = 0; bit < nonce.size() * 8; ++bit) {
        CHECK_FALSE(aead.open(key, flipped(nonce, bit), associated, sealed));
    }
    for (std::size_t bit = 0; bit < associated.size() * 8; ++bit) {
        CHECK_FALSE(aead.open(key, nonce, flipped(associated, bit), sealed));
    }
    for (std::size_t bit = 0; bit < key.size() * 8; ++bit) {
        CHECK_FALSE(aead.open(flipped(key, bit), nonce, associated, sealed));
    }
}

TEST_CASE("a ciphertext cut short or a key of another length opens nothing") {
    const SivAead aead;
    const Bytes sealed = aead.seal(key, {}, {}, counting(5));
    for (std::size_t size = 0; size < sealed.size(); ++size) {
        CHECK_FALSE(aead.open(key, {}, {}, Octets{sealed}.first(size)));
    }
    for (const std::size_t size : {0, 16, 31, 33, 64}) {
        CHECK_FALSE(aead.open(counting(size), {}, {}, sealed));
        CHECK(aead.seal(counting(size), {}, {}, counting(5)).empty());
    }
}

}  // namespace clockwright::system
