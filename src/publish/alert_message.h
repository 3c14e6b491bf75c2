/// An alert as each channel wants it: a line of the log, a letter, Alertmanager's JSON.
#pragma once

#include <map>
#include <string>

#include "watch/alert.h"

namespace clockwright {

/// What an alert does not know of itself.
struct AlertContext {
    std::string host;
    WallTime now;                                 ///< when it is told
    std::map<std::string, std::string> labels{};  ///< of the user, beside our own
    /// How long a firing alert is believed without hearing of it again: twice its repeat.
    Seconds lasting{8 * 3600.0};
    WallTime first_tried{};  ///< the same at each try to tell it, another when it is repeated
};

/// "alert firing: server ntp2 is wrong (3 of 4 agree) rule=server_wrong severity=warning
/// server=ntp2 hazard=H-1": one line, printable.
std::string alert_line(const Alert& alert);

/// What a program is given on stdin: "Clockwright on HOST: firing, critical", the sentence, and
/// "key: value" lines.
std::string alert_text(const Alert& alert, const AlertContext& context);

/// The body of POST /api/v2/alerts: an array with this alert. Labels are what makes it the same
/// alert again, so nothing in them changes from firing to resolved.
std::string alertmanager_json(const Alert& alert, const AlertContext& context);

}  // namespace clockwright
