#include "store/change_record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <climits>

#include "store/state_json.h"
#include "time/spell.h"

namespace clockwright::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view begin_event = "begin", intend_event = "intend",
                           outcome_event = "outcome";

std::string to_line(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Takes the next complete line; empty when there is none: what is left is torn.
std::optional<std::string_view> next_line(std::string_view& text) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

void read_begin(Change& change, const Json& json, JsonFaults& faults) {
    JsonFields fields(json, {}, faults);
    fields.text("event");
    change.id = fields.text("id");
    const auto at = parse_rfc3339(fields.text("at"));
    change.at = at.value_or(WallTime{});
    if (!at) fields.fault("at", "must be an instant");
    change.by = fields.text("by");
    change.reason = fields.text("reason");
    change.contents_dropped = fields.boolean("contents_dropped");
    change.baseline.state = state_from_json(fields.inner("baseline"), "baseline", faults);
    if (auto plan = plan_from_json(fields.inner("plan").dump()))
        change.plan = std::move(*plan);
    else
        faults.push_back(plan.error().message);
    fields.close();
}

std::optional<OutcomeKind> parse_outcome(std::string_view word) {
    for (const auto kind : {OutcomeKind::unchanged, OutcomeKind::applied, OutcomeKind::rolled_back,
                            OutcomeKind::failed, OutcomeKind::refused})
        if (to_string(kind) == word) return kind;
    return std::nullopt;
}

void read_outcome(Change& change, JsonFields& fields) {
    change.outcome = parse_outcome(fields.text("outcome"));
    if (!change.outcome) fields.fault("outcome", "is none of the known ones");
    change.verified = fields.boolean("verified");
    change.outcome_reason = fields.text("reason");
    change.left_open = fields.has("left_open") && fields.boolean("left_open");
}

void read_event(Change& change, const Json& json, JsonFaults& faults) {
    JsonFields fields(json, {}, faults);
    const auto event = fields.text("event");
    fields.text("at");
    if (event == outcome_event) {
        read_outcome(change, fields);
    } else {
        const auto step = fields.integer("step", -1, INT_MAX);
        const auto action = fields.integer("action", -1, INT_MAX);
        fields.text("detail");
        if (event == intend_event)
            change.begun.emplace_back(static_cast<int>(step), static_cast<int>(action));
    }
    fields.close();
}

void drop_contents(Json& actions) {
    for (auto& action : actions)
        for (const auto* side : {"before", "after"})
            if (action.contains(side)) action[side]["content"] = "";
}

}  // namespace

std::string begin_record(const Change& change) {
    return to_line({{"event", begin_event},
                    {"id", change.id},
                    {"at", rfc3339(change.at, true)},
                    {"by", change.by},
                    {"reason", change.reason},
                    {"contents_dropped", change.contents_dropped},
                    {"baseline", state_to_json(change.baseline.state)},
                    {"plan", Json::parse(plan_to_json(change.plan))}});
}

std::string line_record(const JournalLine& line, WallTime at) {
    return to_line({{"event", line.event},
                    {"at", rfc3339(at, true)},
                    {"step", line.step},
                    {"action", line.action},
                    {"detail", line.detail}});
}

std::string outcome_record(const Outcome& outcome, WallTime at) {
    Json json{{"event", outcome_event},
              {"at", rfc3339(at, true)},
              {"outcome", to_string(outcome.kind)},
              {"verified", outcome.verified},
              {"reason", outcome.reason}};
    if (outcome.left_open) json["left_open"] = true;
    return to_line(json);
}

std::optional<Change> read_record(std::string_view text, const std::string& file) {
    Change change;
    auto number = 0;
    while (const auto line = next_line(text)) {
        ++number;
        JsonFaults faults;
        const auto json = Json::parse(*line, nullptr, false);
        if (json.is_discarded())
            faults.emplace_back("is no JSON");
        else if (number == 1)
            read_begin(change, json, faults);
        else
            read_event(change, json, faults);
        if (!faults.empty() && change.fault.empty())
            change.fault = fmt::format("{}:{}: {}", file, number, fmt::join(faults, "; "));
    }
    if (number == 0) return std::nullopt;
    return change;
}

std::string without_contents(std::string_view text) {
    const auto whole = text;
    const auto line = next_line(text);
    if (!line) return std::string(whole);
    auto json = Json::parse(*line, nullptr, false);
    if (json.is_discarded() || !json.contains("plan")) return std::string(whole);
    for (auto& step : json["plan"]["steps"])
        for (const auto* list : {"actions", "undo"}) drop_contents(step[list]);
    json["plan"]["diff"] = "";
    json["contents_dropped"] = true;
    return to_line(json) + std::string(text);
}

}  // namespace clockwright::store
