#include "system/digest.h"

#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include <array>
#include <span>

namespace clockwright::system {

namespace {

const std::uint8_t* octets_of(std::string_view bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

std::string hex_text(std::span<const std::uint8_t> octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t octet : octets) {
        text += digits[octet >> 4U];
        text += digits[octet & 15U];
    }
    return text;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
    sha256_ctx context{};
    std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
    sha256_init(&context);
    sha256_update(&context, bytes.size(), octets_of(bytes));
    sha256_digest(&context, digest.size(), digest.data());
    return hex_text(digest);
}

std::string sha1_hex(std::string_view bytes) {
    sha1_ctx context{};
    std::array<std::uint8_t, SHA1_DIGEST_SIZE> digest{};
    sha1_init(&context);
    sha1_update(&context, bytes.size(), octets_of(bytes));
    sha1_digest(&context, digest.size(), digest.data());
    return hex_text(digest);
}

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes) {
    hmac_sha256_ctx context{};
    std::array<std::uint8_t, SHA256_DIGEST_SIZE> code{};
    hmac_sha256_set_key(&context, key.size(), octets_of(key));
    hmac_sha256_update(&context, bytes.size(), octets_of(bytes));
    hmac_sha256_digest(&context, code.size(), code.data());
    return hex_text(code);
}

std::uint32_t ipv6_refid(const IpAddress& address) {
    md5_ctx context{};
    std::array<std::uint8_t, 4> refid{};
    md5_init(&context);
    md5_update(&context, address.bytes.size(), address.bytes.data());
    md5_digest(&context, refid.size(), refid.data());
    return static_cast<std::uint32_t>(refid[0]) << 24U |
           static_cast<std::uint32_t>(refid[1]) << 16U |
           static_cast<std::uint32_t>(refid[2]) << 8U | refid[3];
}

}  // namespace clockwright::system
