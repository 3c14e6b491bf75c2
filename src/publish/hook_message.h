/// An alert as chat services and web hooks want it, and templates of the user's own.
#pragma once

#include <string>
#include <string_view>

#include "publish/alert_message.h"
#include "result.h"

namespace clockwright {

/// {"text": …}: Slack, and what speaks like it. Its marks of markup are escaped.
std::string slack_json(const Alert& alert, const AlertContext& context);
/// {"content": …, "allowed_mentions": {"parse": []}}: nobody is pinged by a server's name.
std::string discord_json(const Alert& alert, const AlertContext& context);
/// The sentence, no longer than ntfy takes for a message.
std::string ntfy_text(const Alert& alert);
/// Every fact by name: {"rule", "state", "severity", "host", "server", "text", "hazard", "advice",
/// "since", "changed"}; missing ones are null.
std::string webhook_json(const Alert& alert, const AlertContext& context);

/// "[host] firing, critical: server_wrong (ntp2)": a subject, a title; one printable line.
std::string alert_title(const Alert& alert, const AlertContext& context);

/// Fault::bad_input when it is no JSON once filled, or names a fact that there is not.
Result<void> check_template(std::string_view pattern);
/// `{{rule}}`, `{{text}}`, … become the facts of `webhook_json`, escaped for a JSON string;
/// `pattern` has passed `check_template`.
std::string fill_template(std::string_view pattern, const Alert& alert,
                          const AlertContext& context);

}  // namespace clockwright
