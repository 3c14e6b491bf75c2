#include "watch/alert_json.h"

#include <array>
#include <string>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::array severities{AlertSeverity::info, AlertSeverity::warning,
                                AlertSeverity::critical};
constexpr std::array states{AlertState::pending, AlertState::firing, AlertState::resolved};

template <class Word, std::size_t count>
Word word(JsonFields& fields, std::string_view key, const std::array<Word, count>& words) {
    const std::string text = fields.text(key);
    for (const Word one : words) {
        if (to_string(one) == text) return one;
    }
    fields.fault(key, "is none of the words it may be");
    return words.front();
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
    alert.severity = word(fields, "severity", severities);
    alert.state = word(fields, "state", states);
    alert.text = fields.text("text");
    alert.hazard = fields.text("hazard");
    alert.advice = fields.text("advice");
    alert.since = fields.instant("since");
    alert.changed = fields.instant("changed");
    alert.silenced = fields.boolean("silenced");
    return alert;
}

}  // namespace clockwright
