#include "app/alert_channels.h"

#include <fmt/format.h>

#include <algorithm>

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
        return "mail " + printable(mail.server);
    }
    std::string operator()(const HookSettings& hook) const {
        return std::string(to_string(hook.kind));
    }
};

/// Of kinds of which there is one at most; of others empty.
std::string_view only_kind(const AlertChannel::Settings& settings) {
    return std::holds_alternative<MailSettings>(settings)           ? "mail"
           : std::holds_alternative<AlertmanagerSettings>(settings) ? "alertmanager"
                                                                    : "";
}

}  // namespace

AlertChannel::AlertChannel(Settings settings, int number)
    : settings_(std::move(settings)), key_(only_kind(settings_)) {
    if (key_.empty()) key_ = number == 1 ? name() : fmt::format("{} #{}", name(), number);
}

bool AlertChannel::is_known_as(std::string_view key) const {
    return key == key_ || (!only_kind(settings_).empty() && key.starts_with(key_ + " "));
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
    if (settings.mail) add(*settings.mail);
    for (const auto& [kind, hook] : settings.hooks) add(hook);
}

void AlertChannels::add(AlertChannel::Settings settings) {
    const std::string name = std::visit(Name{}, settings);
    const auto same = std::ranges::count(channels_, name, &AlertChannel::name);
    channels_.emplace_back(std::move(settings), static_cast<int>(same) + 1);
}

AlertContext AlertChannels::context(const std::string& host) const {
    return {.host = host, .now = system::read_clocks().wall, .lasting = lasting_};
}

}  // namespace clockwright::app
