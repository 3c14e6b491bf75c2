#include "publish/api_history.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "publish/api_routes.h"
#include "publish/api_state.h"
#include "publish/http_reply.h"
#include "publish/json_text.h"
#include "publish/record_text.h"
#include "time/spell.h"

namespace clockwright {
namespace {

HttpResponse csv_reply(std::string text) {
    return reply(200, "text/csv; charset=utf-8", std::move(text));
}

HttpResponse no_record() {
    return fault_reply(503, "there is no record");
}

HttpResponse record_failed(const Error& error) {
    return fault_reply(500, "the record could not be read: " + error.message);
}

std::string_view word_of(const std::optional<Resolution>& resolution) {
    if (!resolution) return "raw";
    if (*resolution == Resolution::minute) return "minute";
    return *resolution == Resolution::hour ? "hour" : "day";
}

/// {"resolution": …, NAME: [rows]}, or the rows as CSV.
template <class Row>
HttpResponse rows_reply(const ApiCall& call, std::string_view name,
                        const Result<std::vector<Row>>& rows) {
    if (!rows) return record_failed(rows.error());
    if (call.query.csv) return csv_reply(rows_csv(*rows));
    JsonObject document(0);
    document.add("resolution", word_of(call.query.resolution));
    document.add_json(name, rows_json(*rows, 1));
    return json_reply(document.text() + "\n");
}

JsonObject alert_json(const Alert& alert, int depth) {
    const auto text_or_null = [](const std::string& text) {
        return text.empty() ? std::nullopt : std::optional(text);
    };
    JsonObject json(depth);
    json.add("rule", alert.rule);
    json.add("subject", text_or_null(alert.subject));
    json.add("severity", to_string(alert.severity));
    json.add("state", to_string(alert.state));
    json.add("text", alert.text);
    json.add("hazard", text_or_null(alert.hazard));
    json.add("since", rfc3339(alert.since));
    json.add("changed", rfc3339(alert.changed));
    json.add("silenced", alert.silenced);
    return json;
}

HttpResponse present_alerts(const Snapshot& snapshot) {
    JsonArray alerts(1);
    for (const Alert& alert : snapshot.alerts) alerts.add(alert_json(alert, 2));
    JsonObject document(0);
    document.add("at", rfc3339(snapshot.at));
    document.add_json("alerts", std::move(alerts).text());
    return json_reply(document.text() + "\n");
}

}  // namespace

HttpResponse answer_samples(const ApiCall& call) {
    if (call.view.history == nullptr) return no_record();
    if (!call.query.resolution)
        return rows_reply(call, "samples", call.view.history->samples(call.query.rows));
    if (call.query.rows.server.empty())
        return fault_reply(400, "parameter server: what is rolled up is asked for one server");
    return rows_reply(call, "rolled",
                      call.view.history->rolled(*call.query.resolution, call.query.rows));
}

HttpResponse answer_history(const ApiCall& call) {
    if (call.view.history == nullptr) return no_record();
    const History& history = *call.view.history;
    HistoryQuery rows = call.query.rows;
    rows.server.clear();
    if (call.query.resolution)
        return rows_reply(call, "rolled", history.rolled(*call.query.resolution, rows));
    const auto clock = history.clock(rows);
    if (!clock || call.query.csv) return rows_reply(call, "clock", clock);
    const auto verdicts = history.verdicts(rows);
    const auto runs = history.runs(rows);
    if (!verdicts) return record_failed(verdicts.error());
    if (!runs) return record_failed(runs.error());
    JsonObject document(0);
    document.add("resolution", "raw");
    document.add_json("clock", rows_json(*clock, 1));
    document.add_json("verdicts", rows_json(*verdicts, 1));
    document.add_json("runs", rows_json(*runs, 1));
    return json_reply(document.text() + "\n");
}

HttpResponse answer_drift_history(const ApiCall& call) {
    if (call.view.history == nullptr) return no_record();
    const auto clock = call.view.history->clock(call.query.rows);
    if (!clock) return record_failed(clock.error());
    if (call.query.csv) return csv_reply(rows_csv(*clock));
    JsonObject document(0);
    document.add("count", clock->size());
    document.add("limit", call.query.rows.limit);
    document.add_json("history", rows_json(*clock, 1));
    return json_reply(document.text() + "\n");
}

HttpResponse answer_events(const ApiCall& call) {
    if (call.view.history == nullptr) return no_record();
    const auto events = call.view.history->events(call.query.rows);
    if (!events) return record_failed(events.error());
    if (call.query.csv) return csv_reply(rows_csv(*events));
    JsonObject document(0);
    document.add_json("events", rows_json(*events, 1));
    return json_reply(document.text() + "\n");
}

HttpResponse answer_alerts(const ApiCall& call) {
    if (call.request.query.empty()) {
        return call.view.snapshot == nullptr ? not_yet() : present_alerts(*call.view.snapshot);
    }
    if (call.view.history == nullptr) return no_record();
    const auto alerts = call.view.history->alerts(call.query.rows);
    if (!alerts) return record_failed(alerts.error());
    if (call.query.csv) return csv_reply(rows_csv(*alerts));
    JsonObject document(0);
    document.add_json("history", rows_json(*alerts, 1));
    return json_reply(document.text() + "\n");
}

}  // namespace clockwright
