/// A mail handed to a server of the user's by SMTP; it blocks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "time/host_name.h"
#include "time/units.h"

namespace clockwright::system {

/// How the way to the server is protected.
enum class MailTls : std::uint8_t {
    starttls,  ///< the server must offer STARTTLS, or nothing is sent
    implicit,  ///< TLS from the first octet
    off,
};
MailTls mail_tls(std::string_view word);  ///< "starttls", "implicit"; all else is off

struct MailSettings {
    HostName server;  ///< ntp's port stands for none: 587, or 465 with implicit TLS
    MailTls tls = MailTls::starttls;
    std::string user, password;    ///< empty: no AUTH
    std::vector<std::string> ca;   ///< PEM files of further trust anchors
    bool any_certificate = false;  ///< the certificate is not verified
    Seconds time_out{10};
    Seconds grace{};  ///< after Ctrl-C it may go on for so long
};

/// `mail` is whole, with its head. It goes to all recipients that the server takes; that it refuses
/// others is logged. What it answered to the mail; error: why it was not taken for anybody, never
/// with the password; Fault::refused: it said no for good (5xx).
Result<std::string> send_mail(const std::string& from, const std::vector<std::string>& to,
                              const std::string& mail, const MailSettings& settings);

}  // namespace clockwright::system
