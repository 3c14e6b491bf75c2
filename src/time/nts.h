/// What Network Time Security told of a server: the key exchange, and how the packets fared
/// (RFC 8915).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "time/units.h"

namespace clockwright {

/// Why a server gave no authenticated time.
enum class NtsFailure : std::uint8_t {
    none,
    unresolved,         ///< the name of the key exchange, or of the server it names, has no address
    refused,            ///< nobody listens at the port of the key exchange
    no_connection,      ///< nobody answers at the port of the key exchange
    time_out,           ///< TLS or the records took too long
    closed,             ///< the other side ended the connection too soon
    certificate_name,   ///< the certificate is for another name
    certificate_trust,  ///< self-signed, or of an authority we do not know
    certificate_dates,  ///< expired, or not valid yet
    clock_wrong,        ///< the dates cannot be judged: this clock is before our build date
    alpn,               ///< a TLS server that does not speak ntske/1
    tls,                ///< any other fault of TLS
    malformed,          ///< the records are no answer to what we asked
    error_record,       ///< the server sent an error record
    no_algorithm,       ///< it offers no AEAD that we speak
    no_cookie,          ///< it gave no cookie
    forbidden_server,   ///< it names a server where we must not go (private address)
    held_back,          ///< a key exchange failed lately: back-off, or one was made within the hour
    nak,                ///< NTS NAK: the server does not know our cookies
    no_answer,          ///< the keys were exchanged, and no NTP answer came: filtered on the way?
    unauthenticated,    ///< answers came, none of them authentic
};

/// For people: "certificate is for another name", …
std::string_view describe(NtsFailure failure);

/// Of one server in one scan. Texts come from the network: show them through `printable`.
struct NtsReport {
    NtsFailure failure = NtsFailure::none;
    std::string why;              ///< what failed, in words with its particulars
    std::string server;           ///< where NTP is asked: what the exchange named, or its own host
    std::uint16_t port = 123;     ///< of NTP
    std::uint16_t algorithm = 0;  ///< the AEAD of the IANA registry: 15 AES-SIV-CMAC-256; 0: none
    int cookies = 0;              ///< left after the scan
    std::string subject, issuer;  ///< of the certificate, RFC 2253 text; empty: none was seen
    WallTime not_before{}, not_after{};

    friend bool operator==(const NtsReport&, const NtsReport&) = default;
};

/// "AES-SIV-CMAC-256"; "AEAD 30" for what we do not speak.
std::string algorithm_name(std::uint16_t algorithm);

}  // namespace clockwright
