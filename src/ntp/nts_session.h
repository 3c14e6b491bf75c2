/// One server's side of Network Time Security: requests are protected, replies opened (RFC 8915
/// §5).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "ntp/aead.h"
#include "ntp/nts_keys.h"
#include "ntp/packet.h"

namespace clockwright::ntp {

/// 64 unpredictable bits at a time.
using Random = std::function<std::uint64_t()>;

/// What a reply is, whatever its header says.
enum class Authenticity : std::uint8_t {
    authentic,
    forged,  ///< not authentic, or not for this request
    nak,     ///< NTS NAK: the server cannot read our cookie. Not authentic either, so only a hint
};

/// Keys, cookies, and what is awaited. Each request spends a cookie, each authentic reply brings at
/// least one.
class NtsSession {
  public:
    /// `aead` outlives the session.
    NtsSession(NtsKeys keys, const Aead& aead);

    /// The datagram of one request: `header`, a fresh unique identifier, the oldest cookie,
    /// placeholders for the cookies that are missing, the authenticator. Requests are numbered from
    /// 0 in the order of these calls. Empty when there is no cookie to spend, or no key.
    std::optional<std::vector<std::uint8_t>> protect(const HeaderBytes& header,
                                                     const Random& random);

    /// Judges the reply to request `number`, whose origin the caller has checked; takes the cookies
    /// of an authentic one.
    Authenticity open(std::size_t number, std::span<const std::uint8_t> reply);

    const NtsKeys& keys() const { return keys_; }  ///< with the cookies that are left
    int authenticated() const { return authenticated_; }
    int unauthenticated() const { return unauthenticated_; }  ///< replies refused, NAKs among them
    bool nak_seen() const { return nak_seen_; }

  private:
    using UniqueId = std::array<std::uint8_t, 32>;

    Authenticity judge(std::size_t number, std::span<const std::uint8_t> reply);
    void take_cookies(std::span<const std::uint8_t> encrypted_fields);

    NtsKeys keys_;
    const Aead& aead_;
    std::vector<UniqueId> asked_;  ///< by request
    int authenticated_ = 0, unauthenticated_ = 0;
    bool nak_seen_ = false;
};

}  // namespace clockwright::ntp
