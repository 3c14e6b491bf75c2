/// The channels that alerts are sent by: programs, Alertmanager, mail, chat, web hooks. Deliveries
/// block: they are for a thread that may wait.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "app/channel_delivery.h"
#include "app/channel_settings.h"
#include "publish/alert_message.h"
#include "result.h"
#include "watch/alert.h"

namespace clockwright::app {

/// One way out. The agent keeps a queue for each, so that one that fails holds up no other.
class AlertChannel {
  public:
    using Settings = std::variant<ExecSettings, AlertmanagerSettings, MailSettings, HookSettings>;

    /// `number`: of those with the same name, counted from 1.
    AlertChannel(Settings settings, int number);

    /// "exec /usr/local/bin/page", "mail smtp.corp.example", "slack"; never a secret. Of several
    /// recipients each is a channel, "mail smtp.corp.example to admin@corp.example".
    std::string name() const;
    /// What waits for it is kept by this: "mail to admin@corp.example" and "alertmanager", wherever
    /// the server is, of others the name; the second of those that are alike has " #2" after it.
    const std::string& key() const { return key_; }
    /// It was kept by that key, or by one of before, "mail" and "mail smtp.corp.example" for all
    /// recipients.
    bool is_known_as(std::string_view key) const;
    const ChannelManner& manner() const;
    /// Of a kind that it is told, and severe enough for it. What ended is told to whom heard that
    /// it began.
    bool wants(const Alert& alert) const;
    /// People read it one by one: what comes in numbers is better told as one.
    bool is_for_people() const;
    DeliveryAnswer deliver(const Alert& alert, const AlertContext& context) const;

  private:
    Settings settings_;
    std::string key_;
};

class AlertChannels {
  public:
    /// `repeat` of the configuration: a firing alert is believed for twice as long (0: for a week).
    AlertChannels(const ChannelSettings& settings, Seconds repeat);

    const std::vector<AlertChannel>& all() const { return channels_; }
    AlertContext context(const std::string& host) const;

  private:
    void add(AlertChannel::Settings settings);

    std::vector<AlertChannel> channels_;
    std::map<std::string, int> numbers_;  ///< of those alike
    Seconds lasting_;
};

}  // namespace clockwright::app
