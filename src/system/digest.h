/// Digests of bytes, by Nettle: OpenSSL would have to be loaded for them, which takes longer than a
/// one-shot measurement.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "time/address.h"

namespace clockwright::system {

/// 64 hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

/// 40 hexadecimal digits, for files that state their SHA-1 against damage; no proof of origin.
std::string sha1_hex(std::string_view bytes);

/// HMAC (RFC 2104) with SHA-256, as 64 hexadecimal digits.
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);

/// The refid of a server that follows this IPv6 address: the first four octets of its MD5
/// (RFC 5905 §7.3).
std::uint32_t ipv6_refid(const IpAddress& address);

}  // namespace clockwright::system
