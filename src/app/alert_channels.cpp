#include "app/alert_channels.h"

#include <fmt/format.h>

#include "app/config_channels.h"
#include "system/clock.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds a_week{7 * 24 * 3600.0};

struct Name {
    std::string operator()(const ExecSettings& exec) const {
        return "exec " + printable(exec.command.front());
    }
    std::string operator()(const AlertmanagerSettings& alertmanager) const {
        return "alertmanager " + printable(alertmanager.url);
    }
    std::string operator()(const MailSettings& mail) const {
        const std::string server = "mail " + printable(mail.server);
        return mail.to.size() < 2 ? server : server + " to " + printable(mail.to[mail.recipient]);
    }
    std::string operator()(const HookSettings& hook) const {
        return std::string(to_string(hook.kind));
    }
};

/// What those share that are told apart by a number. Wherever the server is, a recipient's mails
/// are the recipient's.
std::string base_of(const AlertChannel::Settings& settings) {
    if (const auto* mail = std::get_if<MailSettings>(&settings))
        return "mail to " + mail->to.at(mail->recipient);
    return std::holds_alternative<AlertmanagerSettings>(settings) ? "alertmanager"
                                                                  : std::visit(Name{}, settings);
}

}  // namespace

AlertChannel::AlertChannel(Settings settings, int number)
    : settings_(std::move(settings)), key_(base_of(settings_)) {
    if (number > 1) key_ += fmt::format(" #{}", number);
}

bool AlertChannel::is_known_as(std::string_view key) const {
    if (key == key_) return true;
    if (std::holds_alternative<AlertmanagerSettings>(settings_))
        return key.starts_with("alertmanager ");
    return std::holds_alternative<MailSettings>(settings_) &&
           (key == "mail" || (key.starts_with("mail ") && !key.starts_with("mail to ")));
}

std::string AlertChannel::name() const {
    return std::visit(Name{}, settings_);
}

const ChannelManner& AlertChannel::manner() const {
    return std::visit([](const auto& one) -> const ChannelManner& { return one.manner; },
                      settings_);
}

/// Of changes and summaries it is told whatever they are: who wants none says so in `tells`.
bool AlertChannel::wants(const Alert& alert) const {
    return manner().tells.contains(class_of(alert.rule)) &&
           (is_event(alert.rule) || alert.severity >= manner().severity);
}

bool AlertChannel::is_for_people() const {
    return std::holds_alternative<MailSettings>(settings_) ||
           (std::holds_alternative<HookSettings>(settings_) &&
            std::get<HookSettings>(settings_).kind != HookKind::webhook);
}

DeliveryAnswer AlertChannel::deliver(const Alert& alert, const AlertContext& context) const {
    auto answer =
        std::visit([&](const auto& one) { return deliver_by(one, alert, context); }, settings_);
    if (!answer) return {Delivery::way_failed, std::move(answer).error().message};
    return std::move(*answer);
}

AlertChannels::AlertChannels(const ChannelSettings& settings, Seconds repeat)
    : lasting_(repeat.count() > 0 ? repeat * 2 : a_week) {
    for (const ExecSettings& exec : settings.exec) add(exec);
    if (settings.alertmanager) add(*settings.alertmanager);
    if (settings.mail)
        for (MailSettings one = *settings.mail; one.recipient < one.to.size(); ++one.recipient)
            add(one);
    for (const auto& [kind, hook] : settings.hooks) add(hook);
}

void AlertChannels::add(AlertChannel::Settings settings) {
    const int number = ++numbers_[base_of(settings)];
    channels_.emplace_back(std::move(settings), number);
}

AlertContext AlertChannels::context(const std::string& host) const {
    return {.host = host, .now = system::read_clocks().wall, .lasting = lasting_};
}

}  // namespace clockwright::app
