/// What a key exchange leaves behind: keys, cookies, and where to ask for time (RFC 8915 §4).
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace clockwright::ntp {

inline constexpr std::uint16_t aes_siv_cmac_256 = 15;
inline constexpr std::size_t most_cookies = 8;  // RFC 8915 §5.7

/// Each cookie is spent once. Keys are of the algorithm's length.
struct NtsKeys {
    std::uint16_t algorithm = aes_siv_cmac_256;
    std::vector<std::uint8_t> to_server, to_client;  ///< C2S and S2C
    std::deque<std::vector<std::uint8_t>> cookies;   ///< at most `most_cookies`, oldest first

    friend bool operator==(const NtsKeys&, const NtsKeys&) = default;
};

}  // namespace clockwright::ntp
