#include "app/agent_alerts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/alert_files.h"
#include "publish/alert_message.h"
#include "store/durable_file.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "system/log.h"
#include "time/spell.h"
#include "watch/delivery_json.h"

namespace clockwright::app {
namespace {

// For people: more that wait are told as one, and so are those beyond a minute's.
constexpr std::size_t most_single = 5;
constexpr int most_a_minute = 20;

system::LogLevel level_of(const Alert& alert) {
    if (alert.state == AlertState::resolved) return system::LogLevel::info;
    return alert.severity == AlertSeverity::critical  ? system::LogLevel::error
           : alert.severity == AlertSeverity::warning ? system::LogLevel::warning
                                                      : system::LogLevel::info;
}

NoticeRate rate_of(const AlertChannel& channel) {
    return {channel.manner().most_an_hour, channel.is_for_people() ? most_a_minute : 0};
}

void tell_forgotten(std::string_view channel, std::size_t waiting) {
    if (waiting > 0)
        system::log_event(system::LogLevel::warning,
                          fmt::format("{} is no longer configured: {} alerts that waited for it "
                                      "are told to nobody",
                                      printable(channel), waiting));
}

}  // namespace

AgentAlerts::AgentAlerts(boost::asio::io_context& loop, const Config& config)
    : loop_(loop), file_(deliveries_file(config)), syncing_(loop) {
    use(config);
    restore();
}

void AgentAlerts::use(const Config& config) {
    const AlertChannels channels(config.alert.channels, config.alert.repeat);
    context_ = channels.context(system::host_name());
    for (const auto& lane : lanes_) lane->wanted = false;
    for (const AlertChannel& channel : channels.all()) {
        const auto known = std::ranges::find_if(lanes_, [&](const auto& lane) {
            return !lane->wanted && lane->channel.key() == channel.key();
        });
        if (known == lanes_.end()) {
            lanes_.push_back(std::make_shared<Lane>(channel, loop_));
        } else {
            (*known)->channel = channel;
            (*known)->wanted = true;
        }
    }
    drop_unwanted();
    for (const auto& lane : lanes_) send(*lane);  // a pause, or a limit, may be another now
}

void AgentAlerts::drop_unwanted() {
    std::erase_if(lanes_, [](const auto& lane) {
        const bool goes = !lane->wanted && !lane->sends;
        if (goes) tell_forgotten(lane->channel.name(), lane->queue.size());
        return goes;
    });
}

void AgentAlerts::tell(const std::vector<AlertNotice>& notices) {
    for (const AlertNotice& notice : notices) {
        system::log_event(level_of(notice.alert), alert_line(notice.alert));
        for (const auto& lane : lanes_) {
            if (lane->wanted && lane->channel.wants(notice.alert)) lane->queue.push(notice.alert);
        }
    }
    save();
    for (const auto& lane : lanes_) {
        const SteadyTime now = system::read_clocks().steady;
        if (const auto lost = lane->losses.to_tell(lane->queue.dropped(), now); lost > 0)
            system::log_event(system::LogLevel::error,
                              fmt::format("{} alerts for {} are lost: more than {} wait", lost,
                                          lane->channel.name(), DeliveryQueue::most));
        send(*lane);
    }
}

bool AgentAlerts::tells(NoticeClass notice) const {
    return std::ranges::any_of(lanes_, [notice](const auto& lane) {
        return lane->wanted && lane->channel.manner().tells.contains(notice);
    });
}

/// What waited when the agent ended; of a channel that is gone it is forgotten.
void AgentAlerts::restore() {
    bool missing = false;
    const auto text = store::read_own_file(file_, &missing);
    if (missing) return;
    const auto waiting = text ? read_waiting_alerts(*text) : std::unexpected(text.error());
    if (!waiting) {
        system::log_event(system::LogLevel::warning,
                          fmt::format("{} is not used: {}", file_, waiting.error().message));
        return;
    }
    for (const auto& [key, alerts] : *waiting) {
        bool known = false;
        for (const auto& lane : lanes_) {
            if (!lane->channel.is_known_as(key)) continue;
            known = true;
            for (const Alert& alert : alerts) lane->queue.push(alert);
        }
        if (!known) tell_forgotten(key, alerts.size());
    }
    for (const auto& lane : lanes_) send(*lane);
}

/// At once, so that a kill loses nothing; the disk is waited for beside the loop.
void AgentAlerts::save() {
    WaitingAlerts waiting;
    for (const auto& lane : lanes_) {
        if (lane->wanted && lane->queue.size() > 0)
            waiting[lane->channel.key()] = lane->queue.all();
    }
    std::string text = waiting_alerts_json(waiting);
    if (text == saved_) return;
    const auto kept = store::put_file(file_, text);
    file_fault_.note("alerts that wait would not survive a restart",
                     kept ? std::string{} : kept.error().message);
    if (!kept) return;
    saved_ = std::move(text);
    syncing_.post([path = file_] { return store::sync_file(path); },
                  [](const Result<void>&) {});  // it is there, and a power cut is another story
}

void AgentAlerts::finish() {
    ending_ = true;
    for (const auto& lane : lanes_) {
        lane->sending.finish();
        if (lane->came_out) sent(*lane);
    }
    syncing_.finish();
}

void AgentAlerts::send(Lane& lane) {
    const auto next = lane.queue.next();
    if (!lane.wanted || !next || ending_) return;
    const SteadyTime now = system::read_clocks().steady;
    const SteadyTime room = lane.limit.next(rate_of(lane.channel), now);
    lane.held_back |= room > now;
    if (const SteadyTime when = std::max(*next, room); when > now) {
        lane.again.expires_after(when - now);
        lane.again.async_wait(
            [this, still = lane.weak_from_this()](const boost::system::error_code& error) {
                const auto there = still.lock();
                if (!error && there) send(*there);
            });
        return;
    }
    const bool many = lane.channel.is_for_people() && lane.queue.size() > most_single;
    const bool together = many || std::exchange(lane.held_back, false);
    if (lane.queue.failures() == 0) lane.first_tried = system::read_wall_clock();
    const auto alerts = lane.queue.take(now, together ? DeliveryQueue::most : 1);
    AlertContext context = context_;
    context.first_tried = lane.first_tried;
    lane.sends = true;
    lane.sending.post(
        [&lane, channel = lane.channel,
         alert = alerts.size() > 1 ? digest_of(alerts) : alerts.front(), context]() mutable {
            context.now = system::read_wall_clock();
            lane.came_out = channel.deliver(alert, context);
            return true;
        },
        [this, &lane](bool) { sent(lane); });
}

void AgentAlerts::sent(Lane& lane) {
    lane.sends = false;
    const DeliveryAnswer answer = *std::exchange(lane.came_out, std::nullopt);
    const SteadyTime now = system::read_clocks().steady;
    const Delivery delivery = answer.delivery;
    const auto aside = lane.queue.done(delivery, now, answer.retry_after);
    if (delivery == Delivery::arrived) lane.limit.count(now);
    const bool waits = delivery == Delivery::failed || delivery == Delivery::way_failed;
    lane.fault.note("alerts wait for " + lane.channel.name(), waits ? answer.text : std::string{});
    if (aside)
        system::log_event(system::LogLevel::error,
                          fmt::format("{} is never told of one alert: {}; {}", lane.channel.name(),
                                      answer.text, alert_line(*aside)));
    save();
    send(lane);
    if (!ending_) drop_unwanted();
}

}  // namespace clockwright::app
