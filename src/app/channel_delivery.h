/// One alert by one channel, tried once; each waits for the other side. What it answered comes
/// back; error: nobody answered.
#pragma once

#include <optional>
#include <string>

#include "app/channel_settings.h"
#include "publish/alert_message.h"
#include "result.h"
#include "watch/delivery_queue.h"

namespace clockwright::app {

/// What came of one delivery.
struct DeliveryAnswer {
    Delivery delivery = Delivery::arrived;
    std::string text;                      ///< what the other side said, or why nothing arrived
    std::optional<Seconds> retry_after{};  ///< what it asks for
};

Result<DeliveryAnswer> deliver_by(const ExecSettings& exec, const Alert& alert,
                                  const AlertContext& context);
Result<DeliveryAnswer> deliver_by(const AlertmanagerSettings& alertmanager, const Alert& alert,
                                  const AlertContext& context);
Result<DeliveryAnswer> deliver_by(const MailSettings& mail, const Alert& alert,
                                  const AlertContext& context);
Result<DeliveryAnswer> deliver_by(const HookSettings& hook, const Alert& alert,
                                  const AlertContext& context);

}  // namespace clockwright::app
