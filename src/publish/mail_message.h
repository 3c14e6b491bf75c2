/// An alert as a mail, whole with its head (RFC 5322).
#pragma once

#include <string>
#include <vector>

#include "publish/alert_message.h"

namespace clockwright {

struct MailHead {
    std::string from;
    std::vector<std::string> to;
    std::string id;  ///< what makes its Message-ID unlike all others
};

/// Lines end with CR LF and are at most 998 octets; text beyond ASCII is base64, in the subject by
/// RFC 2047.
std::string alert_mail(const Alert& alert, const AlertContext& context, const MailHead& head);

/// What makes the Message-ID of this alert: the same at each try, so that who got it already can
/// tell, and another when it is told again.
std::string mail_id(const Alert& alert, const AlertContext& context);

/// "Sat, 28 Nov 2026 13:55:01 +0000"
std::string mail_date(WallTime at);

}  // namespace clockwright
