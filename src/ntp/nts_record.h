/// The records of a key exchange: our request as bytes, a server's answer as a value
/// (RFC 8915 §4).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ntp/nts_keys.h"
#include "time/nts.h"

namespace clockwright::ntp {

inline constexpr std::size_t longest_answer = 64 * 1024;  ///< octets, record headers and all
inline constexpr std::size_t longest_cookie = 1024;       ///< so that a request fits a datagram

/// Why an exchange brought no keys; `why` names the particulars, and holds no text of the server.
struct ExchangeFailure {
    NtsFailure failure = NtsFailure::malformed;
    std::string why;

    friend bool operator==(const ExchangeFailure&, const ExchangeFailure&) = default;
};

/// What the server gave: everything but the keys themselves, which TLS exports.
struct KeyOffer {
    std::uint16_t algorithm = 0;
    std::deque<std::vector<std::uint8_t>> cookies;
    std::optional<std::string> server;  ///< an address or a strict host name; empty: its own
    std::optional<std::uint16_t> port;  ///< empty: 123

    friend bool operator==(const KeyOffer&, const KeyOffer&) = default;
};

/// We speak NTPv4 and AEAD_AES_SIV_CMAC_256, and nothing else.
std::vector<std::uint8_t> encode_key_request();

/// Reads the answer as it arrives, in pieces of any size. Unknown records are skipped unless they
/// are critical; cookies of no use in a packet (empty, too long, no multiple of four) and those
/// after the eighth are left. What follows the end of the message is never looked at.
class KeyAnswer {
  public:
    /// True once the message has ended and everything in it was well. Nothing more is taken then.
    std::expected<bool, ExchangeFailure> take(std::span<const std::uint8_t> bytes);

    /// Meaningful once `take` has said true.
    const KeyOffer& offer() const { return offer_; }

  private:
    struct Record {
        bool critical;
        std::uint16_t type;
        std::span<const std::uint8_t> body;
    };
    using Checked = std::expected<void, ExchangeFailure>;

    Checked read(const Record& record);
    Checked read_protocol(const Record& record);
    Checked read_algorithm(const Record& record);
    void read_cookie(const Record& record);
    Checked read_server(const Record& record);
    Checked read_port(const Record& record);
    Checked finish(const Record& record);

    std::vector<std::uint8_t> unread_;  ///< the beginning of a record
    std::size_t taken_ = 0;
    bool ended_ = false;
    bool has_protocol_ = false, has_algorithm_ = false;
    std::size_t useless_cookies_ = 0;
    KeyOffer offer_;
};

}  // namespace clockwright::ntp
