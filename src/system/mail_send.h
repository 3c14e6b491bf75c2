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

/// `mail` is whole, with its head. One recipient each time, so that a server that takes it for one
/// and not for another is asked again for the other alone. What it answered; error: why it was not
/// taken, never with the password; Fault::refused: it said no for good (5xx).
Result<std::string> send_mail(const std::string& from, const std::string& to,
                              const std::string& mail, const MailSettings& settings);

}  // namespace clockwright::system
