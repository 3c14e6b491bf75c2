#include "app/report_ground.h"

#include <algorithm>
#include <array>
#include <climits>
#include <utility>

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

constexpr int most_samples = 1'000'000;
constexpr std::array<std::string_view, 12> told_kinds{
    "step",    "suspend", "pause",  "frequency",     "clocksource", "hands",
    "restart", "agent",   "daemon", "configuration", "rtc_set",     "sync"};

}  // namespace

HistoryQuery query_of(const Period& period) {
    return {.from = period.from, .to = period.to, .server = {}, .limit = INT_MAX};
}

Result<std::vector<ClockRow>> looks_of(const History& history, const Period& period) {
    return history.clock(query_of({period.from - 1h, period.to}));
}

Result<std::vector<SampleRow>> samples_of(const History& history, const Period& period,
                                          std::vector<std::string>& remarks) {
    HistoryQuery query = query_of(period);
    query.limit = most_samples;
    auto samples = TRY(history.samples(query));
    if (samples.size() == static_cast<std::size_t>(most_samples))
        remarks.emplace_back("Of the samples only the newest million are counted.");
    return samples;
}

void remark_removed(const Context& context, const Period& period, WallTime now,
                    std::vector<std::string>& remarks) {
    auto remark = removed_remark(period.from, now - to_nanoseconds(context.config.record.raw));
    if (!remark.empty()) remarks.push_back(std::move(remark));
}

Result<std::vector<EventRow>> told_events(const History& history, const Period& period) {
    auto events = TRY(history.events(query_of(period)));
    std::erase_if(events, [](const EventRow& event) {
        return std::ranges::find(told_kinds, event.kind) == told_kinds.end();
    });
    return events;
}

EvidenceChange evidence_of(const store::Change& change) {
    return {change.at, change.id, change.by, change.reason,
            change.outcome ? std::string(to_string(*change.outcome)) : "unfinished"};
}

std::vector<EvidenceChange> changes_of(const Context& context, const Period& period,
                                       std::vector<std::string>& remarks) {
    const auto journal = store::Journal::open_to_read(context.config.state.directory);
    const auto changes = journal ? journal->changes() : std::unexpected(journal.error());
    if (!changes) {
        remarks.push_back(
            "The journal of changes is not in this report: " + changes.error().message + ".");
        return {};
    }
    std::vector<EvidenceChange> found;
    for (const store::Change& change : *changes)
        if (change.at >= period.from && change.at < period.to) found.push_back(evidence_of(change));
    return found;
}

std::string rendered(const Document& document, const std::string& format) {
    if (format == "markdown") return document_markdown(document);
    if (format == "html") return document_html(document);
    return document_text(document);
}

}  // namespace clockwright::app
