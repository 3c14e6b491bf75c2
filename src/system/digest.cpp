// MD5's plain function is deprecated, but it needs none of OpenSSL's start-up: a millisecond, which
// is a fifth of a one-shot scan.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "system/digest.h"

#include <openssl/evp.h>
#include <openssl/md5.h>

#include <array>

namespace clockwright::system {

namespace {

std::string hex_digest(const char* algorithm, std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    std::size_t length = 0;
    std::string text;
    if (EVP_Q_digest(nullptr, algorithm, nullptr, bytes.data(), bytes.size(), digest.data(),
                     &length) != 1) {
        return text;
    }
    for (std::size_t i = 0; i < length; ++i) {
        text += digits[digest[i] >> 4U];
        text += digits[digest[i] & 15U];
    }
    return text;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
    return hex_digest("SHA256", bytes);
}

std::string sha1_hex(std::string_view bytes) {
    return hex_digest("SHA1", bytes);
}

std::uint32_t ipv6_refid(const IpAddress& address) {
    std::array<std::uint8_t, MD5_DIGEST_LENGTH> digest{};
    MD5(address.bytes.data(), address.bytes.size(), digest.data());
    std::uint32_t refid = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        refid = (refid << 8U) | digest[i];
    }
    return refid;
}

}  // namespace clockwright::system
