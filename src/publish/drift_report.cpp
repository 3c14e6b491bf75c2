#include "publish/drift_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "publish/table.h"
#include "steer/rate_jump.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

constexpr double day = 86400;
constexpr Seconds hour{3600}, look_spacing{64};
constexpr std::array limits{Seconds{0.001}, Seconds{0.01}, Seconds{0.1}, Seconds{1}};

/// Of the rate, per second.
std::optional<Trend> rate_trend(const DriftReport& report) {
    std::vector<TrendPoint> points;
    for (const FrequencyPoint& point : report.record)
        points.push_back({Seconds(point.at.time_since_epoch()).count(), point.frequency.value});
    return trend_of(points);
}

/// What may be wrong now, from which a free run would begin.
Seconds error_now(const DriftReport& report) {
    return Seconds{std::abs(report.consensus.offset.count())} + report.consensus.bound;
}

Json trend_json(const DriftReport& report) {
    const auto trend = rate_trend(report);
    if (!trend) return nullptr;
    return {{"ppm_per_day", trend->slope * day},
            {"low_ppm_per_day", trend->low * day},
            {"high_ppm_per_day", trend->high * day}};
}

Json forecast_json(const DriftReport& report) {
    Json all = Json::array();
    if (!report.consensus.majority) return all;
    for (const Seconds limit : limits) {
        const auto forecast = stays_within(limit, error_now(report), report.record);
        all.push_back({{"limit_seconds", limit.count()},
                       {"seconds", forecast ? forecast->length.count() : 0},
                       {"recorded", forecast && forecast->recorded}});
    }
    return all;
}

std::string offset_text(const DriftReport& report) {
    const Consensus& consensus = report.consensus;
    if (!consensus.majority) {
        return report.servers == 0
                   ? "Not demonstrated: no server gave a valid answer."
                   : fmt::format("Not demonstrated: the servers do not agree ({} of {} do).",
                                 consensus.agreeing, consensus.judged);
    }
    return fmt::format("This clock is {} ±{} {}: {} of {} servers agree ({} samples).",
                       spell(Seconds{std::abs(consensus.offset.count())}),
                       spell_bound(report.consensus.bound),
                       consensus.offset.count() >= 0 ? "slow" : "fast", consensus.agreeing,
                       consensus.judged, report.samples);
}

std::string rate_text(const DriftReport& report) {
    if (!report.frequency) return "Rate: nobody tells what it is corrected by.";
    std::string text = fmt::format("Rate: corrected by {:+.3f} ppm ({}).", report.frequency->value,
                                   report.frequency_from);
    if (const auto trend = rate_trend(report))
        text += fmt::format(" Trend {:+.3f} ppm a day (95 %: {:+.3f} to {:+.3f}){}.",
                            trend->slope * day, trend->low * day, trend->high * day,
                            trend->is_sure() ? "" : ", so none is shown");
    if (const auto wandered = wander(report.record, hour))
        text += fmt::format(
            " Within an hour it strays by {:.3f} ppm at most, in 99 % of its "
            "record.",
            wandered->value);
    return text;
}

/// "Without sync it stays within 1.0 ms for 14 min, within 10 ms for 3 h 2 min (by its record)."
std::string forecast_text(const DriftReport& report) {
    std::vector<std::string> parts;
    bool presumed = false, by_record = false;
    for (const Seconds limit : limits) {
        const auto forecast = stays_within(limit, error_now(report), report.record);
        if (!forecast) continue;
        presumed |= !forecast->recorded;
        by_record |= forecast->recorded;
        parts.push_back(fmt::format("within {} for {}", spell(limit), spell_age(forecast->length)));
    }
    if (parts.empty()) return "Its error is more than a second already.";
    const std::string_view ground = !presumed ? "by its record"
                                    : by_record
                                        ? "by its record, and 15 ppm where that is too short"
                                        : "presuming 15 ppm: there is no record long enough";
    return fmt::format("Without sync it stays {} ({}).", fmt::join(parts, ", "), ground);
}

std::string spread_text(const DriftReport& report) {
    std::vector<double> offsets;
    for (const SteeredLook& look : report.looks) offsets.push_back(look.offset.count());
    const auto spread = distribution_of(offsets);
    if (!spread) return "No demonstrated look at this clock is recorded.\n";
    const auto told = [](double seconds) { return spell_signed(Seconds{seconds}); };
    std::string text = wrap(
        fmt::format("Offsets recorded: {} from {} to {}. Mean {}, median {}, standard deviation "
                    "{}, median deviation {}; from {} to {}, 5 % {}, 95 % {}, 99 % {}; skewness "
                    "{:.2f}, kurtosis {:.2f}.",
                    spread->count, rfc3339(report.looks.front().at),
                    rfc3339(report.looks.back().at), told(spread->mean), told(spread->median),
                    spell(Seconds{spread->deviation}), spell(Seconds{spread->median_deviation}),
                    told(spread->least), told(spread->most), told(spread->p5), told(spread->p95),
                    told(spread->p99), spread->skewness, spread->kurtosis),
        0);
    constexpr int bars = 10;
    if (spread->most == spread->least) return text;
    std::vector<double> edges;
    for (int i = 0; i <= bars; ++i)
        edges.push_back(std::lerp(spread->least, spread->most, static_cast<double>(i) / bars));
    const auto counts = histogram(offsets, edges);
    const std::size_t most = std::ranges::max(counts);
    Table table({{"offset from", Align::right}, {"looks", Align::right}, {""}});
    for (std::size_t i = 0; i < counts.size(); ++i)
        table.add(
            {told(edges[i]), std::to_string(counts[i]), std::string(counts[i] * 40 / most, '#')});
    return text + table.text();
}

std::string stability_text(const DriftReport& report) {
    const auto all = stabilities(free_errors(report.looks, look_spacing), look_spacing);
    Table table({{"tau"},
                 {"ADEV", Align::right},
                 {"MDEV", Align::right},
                 {"TDEV", Align::right},
                 {"MTIE", Align::right},
                 {"terms", Align::right}});
    const auto share = [](const std::optional<double>& value) {
        return value ? fmt::format("{:.2e}", *value) : "-";
    };
    const auto told = [](const std::optional<Seconds>& value) {
        return value ? spell(*value) : "-";
    };
    for (const Stability& one : all)
        table.add({spell_age(one.tau), share(one.adev), share(one.mdev), told(one.tdev),
                   told(one.mtie), std::to_string(one.terms)});
    return all.empty() ? std::string{}
                       : "The oscillator, its corrections taken out (terms: threes of looks "
                         "without a gap):\n" +
                             table.text();
}

}  // namespace

std::vector<std::string> rate_alarms(const DriftReport& report) {
    std::vector<std::string> alarms;
    const double rate = report.frequency ? std::abs(report.frequency->value) : 0;
    if (rate > rate_near_limit.value) {
        alarms.push_back(fmt::format(
            "the rate needs {:.0f} ppm, near the 500 ppm that the kernel can correct: the daemon "
            "is about to fail; look at the clock source and the hardware",
            rate));
    } else if (rate > suspicious_rate.value) {
        alarms.push_back(fmt::format(
            "the rate needs {:.0f} ppm, more than crystals do: look at the clock source, the "
            "temperature, and the hypervisor",
            rate));
    }
    if (const auto jump = last_jump(report.record))
        alarms.push_back(fmt::format(
            "the rate jumped by {:+.1f} ppm within an hour, at {}: another clock source, heat, or "
            "a virtual machine that was moved",
            jump->change.value, rfc3339(jump->at)));
    return alarms;
}

std::string drift_json(const DriftReport& report) {
    const bool agreed = report.consensus.majority;
    Json json;
    json["clockwright"] = version;
    json["measured_at"] = rfc3339(report.measured_at);
    json["offset_seconds"] = agreed ? Json(report.consensus.offset.count()) : Json(nullptr);
    json["bound_seconds"] = agreed ? Json(report.consensus.bound.count()) : Json(nullptr);
    json["samples"] = report.samples;
    json["servers"] = report.servers;
    json["agreeing"] = report.consensus.agreeing;
    json["judged"] = report.consensus.judged;
    json["frequency_ppm"] = report.frequency ? Json(report.frequency->value) : Json(nullptr);
    json["frequency_from"] = report.frequency ? Json(report.frequency_from) : Json(nullptr);
    json["trend"] = trend_json(report);
    const auto wandered = wander(report.record, hour);
    json["wander_ppm"] = wandered ? Json(wandered->value) : Json(nullptr);
    json["forecast"] = forecast_json(report);
    json["alarms"] = rate_alarms(report);
    return json.dump() + "\n";
}

std::string drift_text(const DriftReport& report, bool details) {
    std::string text = wrap(offset_text(report), 0) + wrap(rate_text(report), 0);
    if (report.consensus.majority) text += wrap(forecast_text(report), 0);
    for (const std::string& alarm : rate_alarms(report)) text += wrap("! " + alarm + ".", 0);
    if (details) text += spread_text(report) + stability_text(report);
    text += report.consensus.majority ? "Look closer: clockwright drift -v, clockwright status\n"
                                      : "Next: clockwright scan --explain\n";
    return text;
}

}  // namespace clockwright
