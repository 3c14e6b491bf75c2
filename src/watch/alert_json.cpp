#include "watch/alert_json.h"

#include <string>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr const char* no_word = "is none of the words it may be";

AlertSeverity severity_of(JsonFields& fields) {
    const auto severity = parse_severity(fields.text("severity"));
    if (!severity) fields.fault("severity", no_word);
    return severity.value_or(AlertSeverity::info);
}

AlertState state_of(JsonFields& fields) {
    const std::string text = fields.text("state");
    for (const auto state : {AlertState::pending, AlertState::firing, AlertState::resolved}) {
        if (to_string(state) == text) return state;
    }
    fields.fault("state", no_word);
    return AlertState::pending;
}

}  // namespace

nlohmann::ordered_json alert_json(const Alert& alert) {
    return {{"rule", alert.rule},
            {"subject", alert.subject},
            {"severity", to_string(alert.severity)},
            {"state", to_string(alert.state)},
            {"text", alert.text},
            {"hazard", alert.hazard},
            {"advice", alert.advice},
            {"since", rfc3339(alert.since, true)},
            {"changed", rfc3339(alert.changed, true)},
            {"silenced", alert.silenced}};
}

Alert read_alert(JsonFields& fields) {
    Alert alert;
    alert.rule = fields.text("rule");
    alert.subject = fields.text("subject");
    alert.severity = severity_of(fields);
    alert.state = state_of(fields);
    alert.text = fields.text("text");
    alert.hazard = fields.text("hazard");
    alert.advice = fields.text("advice");
    alert.since = fields.instant("since");
    alert.changed = fields.instant("changed");
    alert.silenced = fields.boolean("silenced");
    return alert;
}

}  // namespace clockwright
