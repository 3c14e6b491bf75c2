#include "time/nts.h"

#include <fmt/format.h>

namespace clockwright {

std::string_view describe(NtsFailure failure) {
    switch (failure) {
        case NtsFailure::none:
            return "no failure";
        case NtsFailure::unresolved:
            return "name has no address";
        case NtsFailure::refused:
            return "port of the key exchange is closed";
        case NtsFailure::no_connection:
            return "port of the key exchange does not answer";
        case NtsFailure::time_out:
            return "key exchange took too long";
        case NtsFailure::closed:
            return "connection was closed too soon";
        case NtsFailure::certificate_name:
            return "certificate is for another name";
        case NtsFailure::certificate_trust:
            return "certificate is of no authority we trust";
        case NtsFailure::certificate_dates:
            return "certificate is expired or not valid yet";
        case NtsFailure::clock_wrong:
            return "this clock is too wrong to judge a certificate";
        case NtsFailure::alpn:
            return "server does not speak ntske/1";
        case NtsFailure::tls:
            return "TLS handshake failed";
        case NtsFailure::malformed:
            return "malformed answer of the key exchange";
        case NtsFailure::error_record:
            return "server refused the key exchange";
        case NtsFailure::no_algorithm:
            return "no common algorithm";
        case NtsFailure::no_cookie:
            return "server gave no cookie";
        case NtsFailure::forbidden_server:
            return "key exchange names a forbidden server";
        case NtsFailure::held_back:
            return "key exchange is held back";
        case NtsFailure::nak:
            return "server does not know our cookies (NTS NAK)";
        case NtsFailure::no_answer:
            return "keys were exchanged, but no NTP answer came";
        case NtsFailure::unauthenticated:
            return "no answer was authentic";
    }
    return "unknown failure";
}

std::string algorithm_name(std::uint16_t algorithm) {
    return algorithm == 15 ? std::string("AES-SIV-CMAC-256") : fmt::format("AEAD {}", algorithm);
}

}  // namespace clockwright
