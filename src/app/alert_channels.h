/// The channels that alerts are sent by: programs and Alertmanager. Deliveries block: they are for
/// a thread that may wait.
#pragma once

#include <string>
#include <vector>

#include "app/channel_settings.h"
#include "publish/alert_message.h"
#include "result.h"
#include "watch/alert.h"

namespace clockwright::app {

/// One way out. The agent keeps a queue for each, so that one that fails holds up no other.
class AlertChannel {
  public:
    explicit AlertChannel(ExecSettings exec) : exec_(std::move(exec)) {}
    explicit AlertChannel(AlertmanagerSettings alertmanager)
        : alertmanager_(std::move(alertmanager)) {}

    /// "exec /usr/local/bin/page", "alertmanager http://127.0.0.1:9093"
    std::string name() const;
    /// Severe enough for it. What ended is told to whom heard that it began.
    bool wants(const Alert& alert) const;
    /// Error: why it did not arrive.
    Result<void> deliver(const Alert& alert, const AlertContext& context) const;

  private:
    Result<void> post(const Alert& alert, AlertContext context) const;

    std::optional<ExecSettings> exec_;
    std::optional<AlertmanagerSettings> alertmanager_;
};

class AlertChannels {
  public:
    /// `repeat` of the configuration: a firing alert is believed for twice as long (0: for a week).
    AlertChannels(const ChannelSettings& settings, Seconds repeat);

    const std::vector<AlertChannel>& all() const { return channels_; }
    /// By every channel that wants it; what failed comes back, one sentence each.
    std::vector<std::string> deliver(const Alert& alert, const std::string& host) const;
    AlertContext context(const std::string& host) const;

  private:
    std::vector<AlertChannel> channels_;
    Seconds lasting_;
};

}  // namespace clockwright::app
