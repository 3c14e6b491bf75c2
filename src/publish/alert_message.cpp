#include "publish/alert_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "time/spell.h"
#include "watch/notice_class.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

constexpr Seconds an_event_lasts{300};  // what happened is over; Alertmanager takes it for a state

/// A value after "key=": in quotes when it would not end by itself.
std::string value_text(std::string_view value) {
    std::string text = printable(value);
    const bool bare = !text.empty() && text.find_first_of(" =\"") == std::string::npos;
    if (bare) return text;
    std::string quoted = "\"";
    for (const char letter : text) quoted += letter == '"' ? '\'' : letter;
    return quoted + '"';
}

void add_line(std::string& text, std::string_view key, std::string_view value) {
    if (!value.empty()) text += fmt::format("{}: {}\n", key, printable(value));
}

Json labels_of(const Alert& alert, const AlertContext& context) {
    Json labels = Json::object();
    for (const auto& [name, value] : context.labels) labels[name] = value;
    labels["alertname"] = alert.rule;
    labels["severity"] = to_string(alert.severity);
    labels["instance"] = context.host;
    if (!alert.subject.empty()) labels["server"] = alert.subject;
    if (!alert.hazard.empty()) labels["hazard"] = alert.hazard;
    return labels;
}

Json annotations_of(const Alert& alert, const AlertContext& context) {
    const std::string who = alert.subject.empty() ? "this host" : alert.subject;
    Json annotations{{"summary", fmt::format("{} on {} ({})", alert.rule, context.host, who)},
                     {"description", alert.text}};
    if (!alert.advice.empty()) annotations["advice"] = alert.advice;
    return annotations;
}

}  // namespace

std::string alert_line(const Alert& alert) {
    std::string line = fmt::format(
        "{}: {} rule={} severity={}",
        is_event(alert.rule) ? "notice" : fmt::format("alert {}", to_string(alert.state)),
        printable(alert.text), value_text(alert.rule), to_string(alert.severity));
    if (!alert.subject.empty()) line += " server=" + value_text(alert.subject);
    if (!alert.hazard.empty()) line += " hazard=" + value_text(alert.hazard);
    if (alert.silenced) line += " silenced=yes";
    if (alert.state != AlertState::resolved && !alert.advice.empty())
        line += " next=" + value_text(alert.advice);
    return line;
}

std::string alert_text(const Alert& alert, const AlertContext& context) {
    std::string text =
        fmt::format("Clockwright on {}: {}, {}\n{}\n\n", printable(context.host),
                    to_string(alert.state), to_string(alert.severity), printable(alert.text));
    add_line(text, "rule", alert.rule);
    add_line(text, "state", to_string(alert.state));
    add_line(text, "severity", to_string(alert.severity));
    add_line(text, "host", context.host);
    add_line(text, "server", alert.subject);
    add_line(text, "hazard", alert.hazard);
    add_line(text, "since", rfc3339(alert.since));
    add_line(text, "changed", rfc3339(alert.changed));
    add_line(text, "next", alert.advice);
    return text;
}

std::string alertmanager_json(const Alert& alert, const AlertContext& context) {
    const bool resolved = alert.state == AlertState::resolved;
    const Seconds lasting = is_event(alert.rule) ? an_event_lasts : context.lasting;
    // What a clock that was ahead has stamped may lie in the future: an end there would go on
    // firing. And Alertmanager refuses what ends before it begins.
    const WallTime end =
        resolved ? std::min(alert.changed, context.now) : context.now + to_nanoseconds(lasting);
    const WallTime begin = std::min({alert.since, context.now, end});
    const Json one{{"labels", labels_of(alert, context)},
                   {"annotations", annotations_of(alert, context)},
                   {"startsAt", rfc3339(begin, true)},
                   {"endsAt", rfc3339(end, true)}};
    return Json::array({one}).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace clockwright
