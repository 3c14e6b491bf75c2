#include "publish/period_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "publish/period_chart.h"
#include "time/spell.h"
#include "time/spell_up.h"
#include "version.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

constexpr double seconds_a_day = 86400;

std::string spelled(const std::optional<Distribution>& numbers, double Distribution::* member) {
    return numbers ? spell(Seconds{(*numbers).*member}) : "-";
}

std::string bound_of(const std::optional<Distribution>& numbers, double Distribution::* member) {
    return numbers ? "±" + spell_bound(Seconds{(*numbers).*member}) : "-";
}

Json number(const std::optional<Distribution>& numbers, double Distribution::* member) {
    return numbers ? Json((*numbers).*member) : Json(nullptr);
}

std::string_view answer_of(const ObjectiveResult& result) {
    switch (result.answer) {
        case ObjectiveAnswer::met:
            return "met";
        case ObjectiveAnswer::missed:
            return "missed";
        case ObjectiveAnswer::unknown:
            break;
    }
    return "not demonstrated";
}

std::optional<Distribution> rates_of(const RateSummary& rate) {
    std::vector<double> rates;
    for (const FrequencyPoint& point : rate.points) rates.push_back(point.frequency.value);
    return distribution_of(std::move(rates));
}

/// A sentence of the rate, the trend and what it would come to.
std::vector<std::string> rate_statement(const RateSummary& rate) {
    const auto rates = rates_of(rate);
    if (!rates) return {"No rate of the oscillator is recorded in the period."};
    std::vector<std::string> told{
        fmt::format("The rate was corrected by {:+.3f} ppm (median), between {:+.3f} and {:+.3f}.",
                    rates->median, rates->least, rates->most)};
    if (const auto trend = rate_trend(rate)) {
        told.push_back(fmt::format("Its trend is {:+.4f} ppm a day (95 %: {:+.4f} to {:+.4f}): {}.",
                                   trend->slope, trend->low, trend->high,
                                   trend->is_sure() ? "it goes one way" : "no trend is sure"));
    }
    if (const auto trend = rtc_rate(rate.rtc))
        told.push_back(fmt::format("The hardware clock {} {:.2f} ppm (95 %: {:+.2f} to {:+.2f}).",
                                   trend->slope >= 0 ? "loses" : "gains",
                                   std::abs(trend->slope) * 1e6, trend->low * 1e6,
                                   trend->high * 1e6));
    return told;
}

Section objectives_section(const PeriodReport& report) {
    Section section{"Objectives", {}, DocumentTable{{"aim", "measured", "answer"}, {}}};
    for (const ObjectiveResult& result : report.objectives)
        section.table->rows.push_back(
            {result.objective.aim, result.measured, std::string(answer_of(result))});
    return section;
}

Section days_section(const PeriodSummary& summary) {
    Section section{"Day by day",
                    {"|offset| in the mean over time, the bound in the median."},
                    DocumentTable{{"day", "looks", "demonstrated", "|offset|", "greatest", "bound",
                                   "greatest bound"},
                                  {}}};
    for (const ClockDay& day : summary.days)
        section.table->rows.push_back(
            {rfc3339(day.at).substr(0, 10), std::to_string(day.looks),
             std::to_string(day.demonstrated), spelled(day.offsets, &Distribution::mean),
             spelled(day.offsets, &Distribution::most), bound_of(day.bounds, &Distribution::median),
             bound_of(day.bounds, &Distribution::most)});
    return section;
}

Section outages_section(const PeriodSummary& summary) {
    Section section{"Not demonstrated", {}, {}};
    if (summary.outages.empty()) {
        section.paragraphs.emplace_back("Never, in what is recorded.");
        return section;
    }
    section.table = DocumentTable{{"from", "to", "for"}, {}};
    for (const Period& outage : summary.outages)
        section.table->rows.push_back(
            {rfc3339(outage.from), rfc3339(outage.to), spell_age_up(outage.length())});
    return section;
}

Section alerts_section(const std::vector<AlertRow>& alerts) {
    Section section{"Alerts", {}, {}};
    if (alerts.empty()) {
        section.paragraphs.emplace_back("None.");
        return section;
    }
    section.table = DocumentTable{{"at", "state", "severity", "what"}, {}};
    for (const AlertRow& alert : alerts)
        section.table->rows.push_back({rfc3339(alert.at), std::string(to_string(alert.state)),
                                       std::string(to_string(alert.severity)), alert.text});
    return section;
}

/// What only a person can do, and the command that helps.
Section by_hand() {
    return {"By hand",
            {"[ ] what is missed above: clockwright doctor",
             "[ ] that alarms arrive: clockwright alert test",
             "[ ] that the evidence is whole: clockwright report verify",
             "[ ] the hardware clock and its battery: clockwright rtc check"},
            {}};
}

Json objectives_json(const std::vector<ObjectiveResult>& objectives) {
    Json all = Json::array();
    for (const ObjectiveResult& result : objectives)
        all.push_back({{"name", result.objective.name},
                       {"aim", result.objective.aim},
                       {"measured", result.measured},
                       {"answer", answer_of(result)}});
    return all;
}

void add_summary(const PeriodSummary& summary, Json& json) {
    json["demonstrated_seconds"] = summary.demonstrated.count();
    json["not_demonstrated_seconds"] = summary.not_demonstrated.count();
    json["not_recorded_seconds"] = summary.unrecorded.count();
    json["coverage"] = summary.coverage();
    json["offset_mean_seconds"] = number(summary.offsets, &Distribution::mean);
    json["offset_most_seconds"] = number(summary.offsets, &Distribution::most);
    json["bound_median_seconds"] = number(summary.bounds, &Distribution::median);
    json["bound_most_seconds"] = number(summary.bounds, &Distribution::most);
    json["outages"] = summary.outages.size();
    const auto longest = summary.longest_outage();
    json["outage_most_seconds"] = longest ? Json(longest->count()) : Json(nullptr);
    json["days"] = Json::array();
    for (const ClockDay& day : summary.days)
        json["days"].push_back({{"day", rfc3339(day.at).substr(0, 10)},
                                {"looks", day.looks},
                                {"demonstrated", day.demonstrated},
                                {"offset_mean_seconds", number(day.offsets, &Distribution::mean)},
                                {"offset_most_seconds", number(day.offsets, &Distribution::most)},
                                {"bound_median_seconds", number(day.bounds, &Distribution::median)},
                                {"bound_most_seconds", number(day.bounds, &Distribution::most)}});
}

Json trend_json(const std::optional<Trend>& trend, double scale) {
    if (!trend) return nullptr;
    return {
        {"ppm", trend->slope * scale}, {"low", trend->low * scale}, {"high", trend->high * scale}};
}

void add_rate(const RateSummary& rate, Json& json) {
    const auto rates = rates_of(rate);
    json["frequency_median_ppm"] = number(rates, &Distribution::median);
    json["frequency_least_ppm"] = number(rates, &Distribution::least);
    json["frequency_most_ppm"] = number(rates, &Distribution::most);
    json["frequency_trend_per_day"] = trend_json(rate_trend(rate), 1);
    json["rtc_rate"] = trend_json(rtc_rate(rate.rtc), 1e6);
}

std::string cell(const std::optional<Distribution>& numbers, double Distribution::* member) {
    return numbers ? fmt::format("{}", (*numbers).*member) : std::string{};
}

}  // namespace

std::optional<Trend> rate_trend(const RateSummary& rate) {
    std::vector<TrendPoint> points;
    for (const FrequencyPoint& point : rate.points)
        points.push_back(
            {Seconds(point.at.time_since_epoch()).count() / seconds_a_day, point.frequency.value});
    return trend_of(points);
}

std::vector<std::string> period_statement(const PeriodReport& report) {
    std::vector<std::string> told;
    if (report.summary) {
        const PeriodSummary& summary = *report.summary;
        told.push_back(
            fmt::format("The clock was demonstrated for {} of {}; not for {} ({} outage{}); "
                        "nothing is recorded "
                        "of {}.",
                        spell_age(summary.demonstrated), spell_age(summary.period.length()),
                        spell_age_up(summary.not_demonstrated), summary.outages.size(),
                        summary.outages.size() == 1 ? "" : "s", spell_age_up(summary.unrecorded)));
        if (summary.offsets)
            told.push_back(fmt::format("|offset|: {} in the mean, {} at most; bound: {} at most.",
                                       spelled(summary.offsets, &Distribution::mean),
                                       spelled(summary.offsets, &Distribution::most),
                                       bound_of(summary.bounds, &Distribution::most)));
        const auto missed = std::ranges::count(report.objectives, ObjectiveAnswer::missed,
                                               &ObjectiveResult::answer);
        told.push_back(fmt::format("Of {} objectives {} {} missed.", report.objectives.size(),
                                   missed, missed == 1 ? "is" : "are"));
    }
    if (report.rate) std::ranges::move(rate_statement(*report.rate), std::back_inserter(told));
    for (const std::string& remark : report.remarks) told.push_back(remark);
    return told;
}

Document period_document(const PeriodReport& report) {
    Document document;
    document.title = fmt::format("The clock of {}, {}", report.host, report.word);
    auto& sections = document.sections;
    sections.push_back(
        {fmt::format("{} to {}", rfc3339(report.period.from), rfc3339(report.period.to)),
         period_statement(report),
         {},
         period_picture(report)});
    if (report.summary) {
        sections.push_back(objectives_section(report));
        sections.push_back(days_section(*report.summary));
        sections.push_back(outages_section(*report.summary));
        sections.push_back(alerts_section(report.alerts));
        sections.push_back(sources_section(report.sources));
        sections.push_back(changes_section(report.changes));
    }
    sections.push_back(happenings_section(report.events));
    if (report.word == "maintenance") sections.push_back(by_hand());
    sections.push_back(
        {"Made by", {fmt::format("Clockwright {} at {}", version, rfc3339(report.made_at))}, {}});
    return document;
}

std::string period_json(const PeriodReport& report) {
    Json json;
    json["clockwright"] = version;
    json["report"] = report.word;
    json["host"] = report.host;
    json["made_at"] = rfc3339(report.made_at);
    json["from"] = rfc3339(report.period.from);
    json["to"] = rfc3339(report.period.to);
    json["statement"] = period_statement(report);
    if (report.summary) {
        add_summary(*report.summary, json);
        json["objectives"] = objectives_json(report.objectives);
        json["alerts"] = report.alerts.size();
        json["changes"] = report.changes.size();
    }
    if (report.rate) add_rate(*report.rate, json);
    json["events"] = Json::array();
    for (const EventRow& event : report.events)
        json["events"].push_back(
            {{"at", rfc3339(event.at, true)}, {"kind", event.kind}, {"text", event.text}});
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string period_csv(const PeriodReport& report) {
    std::string text;
    if (!report.summary) {
        text = "at,frequency_ppm\r\n";
        if (report.rate)
            for (const FrequencyPoint& point : report.rate->points)
                text += fmt::format("{},{}\r\n", rfc3339(point.at, true), point.frequency.value);
        return text;
    }
    text =
        "day,looks,demonstrated,offset_mean_seconds,offset_most_seconds,bound_median_seconds,"
        "bound_most_seconds\r\n";
    for (const ClockDay& day : report.summary->days)
        text += fmt::format(
            "{},{},{},{},{},{},{}\r\n", rfc3339(day.at).substr(0, 10), day.looks, day.demonstrated,
            cell(day.offsets, &Distribution::mean), cell(day.offsets, &Distribution::most),
            cell(day.bounds, &Distribution::median), cell(day.bounds, &Distribution::most));
    return text;
}

}  // namespace clockwright
