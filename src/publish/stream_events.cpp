#include "publish/stream_events.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "publish/record_text.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

/// `line` is JSON without line ends, which would end the event.
std::string event_text(std::string_view name, std::string_view line) {
    std::string text = "event: ";
    text += name;
    text += "\ndata: ";
    text += line;
    return text += "\n\n";
}

Json number_or_null(bool known, Seconds value) {
    return known ? Json(value.count()) : Json(nullptr);
}

}  // namespace

std::string snapshot_event(const Snapshot& snapshot) {
    const ClockVerdict& verdict = snapshot.status.verdict;
    const Consensus& consensus = snapshot.scan.consensus;
    const auto firing = std::ranges::count(snapshot.alerts, AlertState::firing, &Alert::state);
    const Seconds offset = verdict.bound ? verdict.bound->offset : Seconds{};
    const Seconds bound = verdict.bound ? verdict.bound->total() : Seconds{};
    const Json json = {
        {"at", rfc3339(snapshot.at)},
        {"cycles", snapshot.cycles},
        {"demonstrated", verdict.demonstrated},
        {"offset_seconds", number_or_null(verdict.bound.has_value(), offset)},
        {"bound_seconds", number_or_null(verdict.demonstrated && verdict.bound, bound)},
        {"sentence", verdict.sentence},
        {"majority", consensus.majority},
        {"agreeing", consensus.agreeing},
        {"judged", consensus.judged},
        {"consensus_offset_seconds", number_or_null(consensus.majority, consensus.offset)},
        {"culprit", to_string(snapshot.blame.culprit)},
        {"alerts_firing", firing}};
    return event_text("snapshot", json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string stream_event(const AlertRow& row) {
    return event_text("alert", row_json(row));
}

std::string stream_event(const EventRow& row) {
    return event_text("event", row_json(row));
}

}  // namespace clockwright
