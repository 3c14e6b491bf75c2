#include "app/alert_channels.h"

#include <fmt/format.h>

#include <algorithm>

#include "system/clock.h"
#include "system/http_post.h"
#include "system/local_host.h"
#include "system/run_program.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds a_week{7 * 24 * 3600.0};

/// A file of one line; Fault::bad_input for others than root to write, when we are root.
Result<std::string> read_token(const std::string& path) {
    if (path.empty()) return std::string{};
    std::string token = TRY(system::read_trusted(path));
    while (!token.empty() && (token.back() == '\n' || token.back() == ' ')) token.pop_back();
    if (token.empty()) return fail(Fault::bad_input, path + " holds no token");
    return token;
}

std::string api_of(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url + "/api/v2/alerts";
}

}  // namespace

std::string AlertChannel::name() const {
    return exec_ ? "exec " + printable(exec_->command.front())
                 : "alertmanager " + printable(alertmanager_->url);
}

bool AlertChannel::wants(const Alert& alert) const {
    return alert.severity >= (exec_ ? exec_->severity : alertmanager_->severity);
}

Result<void> AlertChannel::deliver(const Alert& alert, const AlertContext& context) const {
    if (!exec_) return post(alert, context);
    const std::string text = alert_text(alert, context);
    return system::run_to_success(exec_->command, {.time_out = exec_->time_out, .input = text});
}

Result<void> AlertChannel::post(const Alert& alert, AlertContext context) const {
    context.labels = alertmanager_->labels;
    const system::PostSettings settings{.time_out = alertmanager_->time_out,
                                        .ca = alertmanager_->ca,
                                        .token = TRY(read_token(alertmanager_->token_file)),
                                        .plain_http = alertmanager_->plain_http};
    const std::string url = api_of(alertmanager_->url);
    const auto answer = TRY(
        system::http_post(url, "application/json", alertmanager_json(alert, context), settings));
    if (answer.status >= 200 && answer.status < 300) return {};
    return fail(fmt::format("{} answers {}: {}", printable(url), answer.status,
                            printable(answer.body.substr(0, 200))));
}

AlertChannels::AlertChannels(const ChannelSettings& settings, Seconds repeat)
    : lasting_(repeat.count() > 0 ? repeat * 2 : a_week) {
    for (const ExecSettings& exec : settings.exec) channels_.emplace_back(exec);
    if (settings.alertmanager) channels_.emplace_back(*settings.alertmanager);
}

std::vector<std::string> AlertChannels::deliver(const Alert& alert, const std::string& host) const {
    std::vector<std::string> faults;
    for (const AlertChannel& channel : channels_) {
        if (!channel.wants(alert)) continue;
        const auto arrived = channel.deliver(alert, context(host));
        if (!arrived)
            faults.push_back(fmt::format("{}: {}", channel.name(), arrived.error().message));
    }
    return faults;
}

AlertContext AlertChannels::context(const std::string& host) const {
    return {.host = host, .now = system::read_clocks().wall, .lasting = lasting_};
}

}  // namespace clockwright::app
