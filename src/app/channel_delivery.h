/// One alert by one channel, tried once; each waits for the other side. What it answered comes
/// back; Fault::refused: it will never take this alert.
#pragma once

#include <string>

#include "app/channel_settings.h"
#include "publish/alert_message.h"
#include "result.h"

namespace clockwright::app {

Result<std::string> deliver_by(const ExecSettings& exec, const Alert& alert,
                               const AlertContext& context);
Result<std::string> deliver_by(const AlertmanagerSettings& alertmanager, const Alert& alert,
                               const AlertContext& context);
Result<std::string> deliver_by(const MailSettings& mail, const Alert& alert,
                               const AlertContext& context);
Result<std::string> deliver_by(const HookSettings& hook, const Alert& alert,
                               const AlertContext& context);

}  // namespace clockwright::app
