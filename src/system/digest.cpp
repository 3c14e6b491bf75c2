// MD5's plain function is deprecated, but it needs none of OpenSSL's start-up: a millisecond, which
// is a fifth of a one-shot scan.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "system/digest.h"

#include <openssl/evp.h>
#include <openssl/md5.h>

#include <array>
#include <span>

namespace clockwright::system {

namespace {

std::string hex_text(std::span<const std::uint8_t> octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t octet : octets) {
        text += digits[octet >> 4U];
        text += digits[octet & 15U];
    }
    return text;
}

std::string hex_digest(const char* algorithm, std::string_view bytes) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    std::size_t length = 0;
    if (EVP_Q_digest(nullptr, algorithm, nullptr, bytes.data(), bytes.size(), digest.data(),
                     &length) != 1) {
        return {};
    }
    return hex_text(std::span(digest).first(length));
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
    return hex_digest("SHA256", bytes);
}

std::string sha1_hex(std::string_view bytes) {
    return hex_digest("SHA1", bytes);
}

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> code{};
    std::size_t length = 0;
    const auto* octets = reinterpret_cast<const std::uint8_t*>(bytes.data());
    if (EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(), octets,
                  bytes.size(), code.data(), code.size(), &length) == nullptr) {
        return {};
    }
    return hex_text(std::span(code).first(length));
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
