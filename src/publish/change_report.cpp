#include "publish/change_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "time/spell.h"
#include "version.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

/// One figure of a side; empty: not known.
struct Figure {
    const char* key;
    const char* title;
    bool is_interval;
    std::optional<double> (*of)(const ChangeSide&);
};

std::optional<double> of(const std::optional<Distribution>& numbers,
                         double Distribution::* member) {
    return numbers ? std::optional((*numbers).*member) : std::nullopt;
}

constexpr Figure figures[] = {
    {"offset_mean_seconds", "mean |offset|", true,
     [](const ChangeSide& it) { return of(it.clock.offsets, &Distribution::mean); }},
    {"offset_p95_seconds", "|offset|, 95 %", true,
     [](const ChangeSide& it) { return of(it.clock.offsets, &Distribution::p95); }},
    {"bound_median_seconds", "bound, median", true,
     [](const ChangeSide& it) { return of(it.clock.bounds, &Distribution::median); }},
    {"jitter_seconds", "jitter of the servers", true,
     [](const ChangeSide& it) {
         return it.sources.jitter ? std::optional(it.sources.jitter->count()) : std::nullopt;
     }},
    {"stratum_worst", "worst stratum", false,
     [](const ChangeSide& it) {
         return it.sources.worst_stratum ? std::optional<double>(*it.sources.worst_stratum)
                                         : std::nullopt;
     }},
    {"reach_percent", "polls answered, %", false,
     [](const ChangeSide& it) {
         return it.sources.polls > 0 && it.sources.losses_known
                    ? std::optional(100.0 * it.sources.answered / it.sources.polls)
                    : std::nullopt;
     }},
    {"demonstrated_percent", "demonstrated, % of what is recorded", false,
     [](const ChangeSide& it) {
         return it.clock.coverage() > 0 ? std::optional(100 * it.clock.synchronised())
                                        : std::nullopt;
     }},
    {"recorded_percent", "recorded, % of the day", false,
     [](const ChangeSide& it) { return std::optional(100 * it.clock.coverage()); }},
};

std::string spelled(const Figure& figure, std::optional<double> value) {
    if (!value) return "-";
    if (figure.is_interval) return spell(Seconds{*value});
    return fmt::format("{:.6g}", std::floor(*value * 100) / 100);
}

/// In per cent of the value before; of intervals only, where less is better.
std::string relation(const Figure& figure, std::optional<double> before,
                     std::optional<double> after) {
    if (!figure.is_interval || !before || !after || *before <= 0) return "";
    return fmt::format("{:+.0f} %", (*after / *before - 1) * 100);
}

}  // namespace

Document change_document(const ChangeReport& report) {
    const EvidenceChange& change = report.change;
    Section what{
        fmt::format("Change {} at {}", change.id, rfc3339(change.at)),
        {fmt::format("By {}: {}. Outcome: {}.", change.by,
                     change.reason.empty() ? "no reason was given" : change.reason, change.outcome),
         fmt::format(
             "Added: {}. Removed: {}.",
             report.added.empty() ? "none" : fmt::format("{}", fmt::join(report.added, ", ")),
             report.removed.empty() ? "none" : fmt::format("{}", fmt::join(report.removed, ", ")))},
        {}};
    Section sides{"A day before, and a day after",
                  {},
                  DocumentTable{{"figure", "before", "after", "difference"}, {}}};
    for (const Figure& figure : figures) {
        const auto before = figure.of(report.before), after = figure.of(report.after);
        sides.table->rows.push_back({figure.title, spelled(figure, before), spelled(figure, after),
                                     relation(figure, before, after)});
    }
    return {
        "What a change of the sources was worth on " + report.host,
        {what,
         sides,
         {"Made by", {fmt::format("Clockwright {} at {}", version, rfc3339(report.made_at))}, {}}}};
}

std::string change_json(const ChangeReport& report) {
    Json json;
    json["clockwright"] = version;
    json["report"] = "change";
    json["host"] = report.host;
    json["made_at"] = rfc3339(report.made_at);
    json["id"] = report.change.id;
    json["at"] = rfc3339(report.change.at);
    json["by"] = report.change.by;
    json["reason"] = report.change.reason;
    json["outcome"] = report.change.outcome;
    json["add"] = report.added;
    json["remove"] = report.removed;
    for (const auto& [name, side] :
         {std::pair("before", &report.before), std::pair("after", &report.after)})
        for (const Figure& figure : figures) {
            const auto value = figure.of(*side);
            json[name][figure.key] = value ? Json(*value) : Json(nullptr);
        }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string change_csv(const ChangeReport& report) {
    const auto cell = [](std::optional<double> value) {
        return value ? fmt::format("{}", *value) : std::string{};
    };
    std::string text = "figure,before,after\r\n";
    for (const Figure& figure : figures)
        text += fmt::format("{},{},{}\r\n", figure.key, cell(figure.of(report.before)),
                            cell(figure.of(report.after)));
    return text;
}

}  // namespace clockwright
