#include "app/agent_alerts.h"

#include <fmt/format.h>

#include <algorithm>

#include "publish/alert_message.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "system/log.h"

namespace clockwright::app {
namespace {

system::LogLevel level_of(const Alert& alert) {
    if (alert.state == AlertState::resolved) return system::LogLevel::info;
    return alert.severity == AlertSeverity::critical  ? system::LogLevel::error
           : alert.severity == AlertSeverity::warning ? system::LogLevel::warning
                                                      : system::LogLevel::info;
}

}  // namespace

AgentAlerts::AgentAlerts(boost::asio::io_context& loop, const Config& config)
    : loop_(loop), sending_(loop) {
    use(config);
}

void AgentAlerts::use(const Config& config) {
    const AlertChannels channels(config.alert.channels, config.alert.repeat);
    context_ = channels.context(system::host_name());
    for (const auto& lane : lanes_) lane->wanted = false;
    for (const AlertChannel& channel : channels.all()) {
        const auto known = std::ranges::find_if(lanes_, [&](const auto& lane) {
            return !lane->wanted && lane->channel.name() == channel.name();
        });
        if (known == lanes_.end()) {
            lanes_.push_back(std::make_unique<Lane>(channel, loop_));
        } else {
            (*known)->channel = channel;
            (*known)->wanted = true;
        }
    }
}

void AgentAlerts::tell(const std::vector<AlertNotice>& notices) {
    for (const AlertNotice& notice : notices) {
        system::log_event(level_of(notice.alert), alert_line(notice.alert));
        for (const auto& lane : lanes_) {
            if (lane->wanted && lane->channel.wants(notice.alert)) lane->queue.push(notice.alert);
        }
    }
    for (const auto& lane : lanes_) send(*lane);
}

void AgentAlerts::send(Lane& lane) {
    if (!lane.wanted) return;
    const SteadyTime now = system::read_clocks().steady;
    if (auto alert = lane.queue.take(now)) {
        sending_.post(
            [channel = lane.channel, alert = std::move(*alert), context = context_]() mutable {
                context.now = system::read_wall_clock();
                return channel.deliver(alert, context);
            },
            [this, &lane](const Result<void>& arrived) { sent(lane, arrived); });
        return;
    }
    const auto next = lane.queue.next();
    if (!next) return;
    lane.again.expires_after(*next - now);
    lane.again.async_wait([this, &lane](const boost::system::error_code& error) {
        if (!error) send(lane);
    });
}

void AgentAlerts::sent(Lane& lane, const Result<void>& arrived) {
    lane.queue.done(arrived.has_value(), system::read_clocks().steady);
    if (!arrived && !std::exchange(lane.fault_told, true)) {
        system::log_event(system::LogLevel::warning,
                          fmt::format("an alert did not arrive and is tried again: {}: {}",
                                      lane.channel.name(), arrived.error().message));
    } else if (arrived && std::exchange(lane.fault_told, false)) {
        system::log_event(system::LogLevel::info, lane.channel.name() + " takes alerts again");
    }
    send(lane);
}

}  // namespace clockwright::app
