#include "publish/alert_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "publish/agent_word.h"
#include "publish/table.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json json_of(const Alert& alert) {
    return {{"rule", alert.rule},
            {"server", text_or_null(alert.subject)},
            {"severity", to_string(alert.severity)},
            {"state", to_string(alert.state)},
            {"text", alert.text},
            {"hazard", text_or_null(alert.hazard)},
            {"advice", text_or_null(alert.advice)},
            {"since", rfc3339(alert.since)},
            {"changed", rfc3339(alert.changed)},
            {"silenced", alert.silenced}};
}

Json json_of(std::span<const Silence> silences) {
    return Json::parse(silences_json(silences)).at("silences");
}

std::string age_text(Seconds age) {
    return spell_age(std::max(age, Seconds{0}));
}

Tone tone_of(const Alert& alert) {
    if (alert.state != AlertState::firing || alert.silenced) return Tone::plain;
    return alert.severity == AlertSeverity::critical ? Tone::bad : Tone::warning;
}

/// The first sentence: what is open, or that nobody knows.
std::string conclusion(const AlertsReport& report) {
    if (!report.written)
        return "No agent has written here yet: nobody watches, and no alert is known.";
    const std::string age = age_text(report.now - *report.written);
    if (!report.running)
        return fmt::format("The agent was stopped {} ago: nobody watches. Then this was open:",
                           age);
    if (is_stale(report))
        return fmt::format(
            "The agent wrote nothing for {}: it does not run, or cannot write. Then "
            "this was open:",
            age);
    const auto firing = std::ranges::count(report.alerts, AlertState::firing, &Alert::state);
    if (report.alerts.empty()) return fmt::format("All is well, as of {} ago.", age);
    return fmt::format("{} firing, {} pending, as of {} ago.", firing,
                       static_cast<std::ptrdiff_t>(report.alerts.size()) - firing, age);
}

std::string next_step(const AlertsReport& report) {
    if (!report.written || !report.running || is_stale(report))
        return "Next: clockwright agent, or clockwright status for one look now\n";
    if (report.alerts.empty()) return "Next: clockwright alert rules, clockwright alert test\n";
    const Alert& worst = report.alerts.front();
    if (!worst.advice.empty()) return wrap("Next: " + printable(worst.advice), 0);
    return "Next: clockwright status\n";
}

}  // namespace

AlertsReport alerts_report(const std::optional<SavedAlerts>& saved, const AgentWord* word,
                           WallTime now) {
    AlertsReport report;
    report.now = now;
    if (word != nullptr) report.alive = !word->stale;
    if (report.alive == true && !(saved && saved->running)) {
        report.written = word->at;
        report.running = true;
        report.alerts = word->firing;
    } else if (saved) {
        report.written = saved->at;
        report.running = saved->running;
        report.alerts = open_alerts(*saved);
    }
    return report;
}

bool is_stale(const AlertsReport& report) {
    if (report.alive) return !*report.alive;
    return !report.written || report.now - *report.written > written_is_stale;
}

std::string alerts_text(const AlertsReport& report, bool colour) {
    std::string text = wrap(conclusion(report), 0);
    if (!report.alerts.empty()) {
        Table table({{"SEVERITY"}, {"STATE"}, {"SINCE"}, {"RULE"}, {"SERVER", Align::left, 30}});
        for (const Alert& alert : report.alerts) {
            const std::string state = std::string(to_string(alert.state));
            table.add(
                {std::string(to_string(alert.severity)),
                 alert.silenced ? state + ", silenced" : state, age_text(report.now - alert.since),
                 printable(alert.rule), printable(alert.subject)},
                tone_of(alert));
            table.remark(printable(alert.text));
        }
        text += "\n" + table.text(colour) + "\n";
    }
    if (!report.silences.empty())
        text += fmt::format("{} silences are in force: clockwright alert silence list\n",
                            report.silences.size());
    return text + next_step(report);
}

std::string alerts_json(const AlertsReport& report) {
    Json alerts = Json::array();
    for (const Alert& alert : report.alerts) alerts.push_back(json_of(alert));
    return dump({{"written", report.written ? Json(rfc3339(*report.written)) : Json(nullptr)},
                 {"running", report.running && !is_stale(report)},
                 {"alerts", std::move(alerts)},
                 {"silences", json_of(report.silences)}});
}

std::string silences_text(std::span<const Silence> silences, WallTime now) {
    if (silences.empty())
        return "Nothing is silenced.\nNext: clockwright alert silence RULE[@SERVER] --for 2h "
               "--reason TEXT\n";
    Table table({{"N", Align::right}, {"RULE"}, {"SERVER", Align::left, 30}, {"LEFT"}, {"BY"}});
    for (const Silence& silence : silences) {
        table.add({std::to_string(silence.number), printable(silence.rule),
                   printable(silence.server), age_text(silence.until - now),
                   printable(silence.by)});
        table.remark(printable(silence.reason));
    }
    return fmt::format("{} silenced.\n\n{}\nNext: clockwright alert silence remove N\n",
                       silences.size(), table.text());
}

std::string silences_report_json(std::span<const Silence> silences) {
    return dump({{"silences", json_of(silences)}});
}

}  // namespace clockwright
