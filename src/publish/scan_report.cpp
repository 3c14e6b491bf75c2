#include "publish/scan_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "publish/table.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

Json json_or_null(bool present, Seconds value) { return present ? Json(value.count()) : Json(nullptr); }

Json server_json(const ScanRow& row) {
    const Candidate& candidate = row.candidate;
    const Assessment& assessment = row.assessment;
    const bool measured = assessment.stats.has_value();
    const ServerStats stats = assessment.stats.value_or(ServerStats{});
    const Series& series = candidate.series;
    const auto text_or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    constexpr std::size_t keys = 23;
    Json server = Json::object();
    server.get_ref<Json::object_t&>().reserve(keys);
    server["host"] = candidate.source.as_written;
    server["address"] = candidate.address ? Json(to_string(*candidate.address)) : Json(nullptr);
    server["port"] = candidate.source.host.port;
    server["operator"] = text_or_null(candidate.source.operator_name);
    server["origin"] = to_string(candidate.source.origin);
    server["authentication"] = to_string(candidate.source.authentication);
    server["stratum"] = measured ? Json(stats.stratum) : Json(nullptr);
    server["refid"] =
        measured ? Json(refid_text(stats.refid, static_cast<std::uint8_t>(stats.stratum))) : Json(nullptr);
    server["leap"] = measured ? Json(to_string(stats.leap)) : Json(nullptr);
    server["smear"] = to_string(candidate.source.smear);
    server["offset_seconds"] = json_or_null(measured, stats.offset);
    server["delay_seconds"] = json_or_null(measured, stats.delay_min);
    server["jitter_seconds"] = json_or_null(measured, stats.jitter);
    server["root_delay_seconds"] = json_or_null(measured, stats.root_delay);
    server["root_dispersion_seconds"] = json_or_null(measured, stats.root_dispersion);
    server["root_distance_seconds"] = json_or_null(measured, stats.root_distance);
    server["sent"] = series.sent;
    server["received"] = series.samples.size();
    server["verdict"] = to_string(assessment.verdict);
    server["expected_error_seconds"] = json_or_null(measured, stats.expected_error);
    server["score"] = assessment.score ? Json(*assessment.score) : Json(nullptr);
    server["chosen"] = assessment.chosen;
    server["reason"] = assessment.reason;
    return server;
}

/// '*' system peer, '+' chosen, '-' good but not chosen, '~' outlier, 'x' falseticker, '?' no use.
char mark_of(const Assessment& assessment) {
    if (assessment.verdict == Verdict::system_peer) return '*';
    if (assessment.chosen) return '+';
    if (is_truechimer(assessment.verdict)) return '-';
    if (assessment.verdict == Verdict::outlier) return '~';
    return assessment.verdict == Verdict::falseticker ? 'x' : '?';
}

Tone tone_of(const Assessment& assessment) {
    if (assessment.chosen) return Tone::good;
    if (assessment.verdict == Verdict::falseticker) return Tone::bad;
    return is_truechimer(assessment.verdict) ? Tone::plain : Tone::warning;
}

std::string explain_text(const ScanRow& row) {
    const auto& stats = row.assessment.stats;
    std::string text = row.assessment.reason;
    if (!stats) return text;
    text += fmt::format(
        "; expected error {} = 0.04 x delay {} + 0.1 x root ({}/2 + {}) + 0.5 x queueing {}; root "
        "distance {}; {} of {} answered; from {}",
        spell(stats->expected_error), spell(stats->delay_min), spell(stats->root_delay),
        spell(stats->root_dispersion), spell(stats->queueing), spell(stats->root_distance),
        stats->received, stats->sent, printable(to_string(row.candidate.source.origin)));
    if (!row.candidate.source.operator_name.empty()) {
        text += "; operator " + printable(row.candidate.source.operator_name);
    }
    return text;
}

bool needs_reason(const ScanRow& row) {
    return !is_truechimer(row.assessment.verdict) || row.candidate.membership != Membership::none;
}

Table servers_table(const ScanReport& report, bool explain) {
    Table table({{""}, {"server", Align::left, 24}, {"st", Align::right}, {"offset", Align::right},
                 {"delay", Align::right}, {"expected", Align::right}, {"verdict"}});
    for (const ScanRow& row : report.rows) {
        const auto& stats = row.assessment.stats;
        const auto cell = [&](auto&& text) { return stats ? text(*stats) : std::string("-"); };
        const bool current = row.candidate.membership != Membership::none;
        table.add({fmt::format("{}{}", mark_of(row.assessment), current ? 'c' : ' '),
                   printable(row.candidate.source.as_written),
                   cell([](const ServerStats& s) { return std::to_string(s.stratum); }),
                   cell([](const ServerStats& s) { return spell_signed(s.offset); }),
                   cell([](const ServerStats& s) { return spell(s.delay_min); }),
                   cell([](const ServerStats& s) { return spell(s.expected_error); }),
                   std::string(to_string(row.assessment.verdict))},
                  tone_of(row.assessment));
        if (explain) {
            table.remark(explain_text(row));
        } else if (needs_reason(row) && !row.assessment.reason.empty()) {
            table.remark(row.assessment.reason);
        }
    }
    return table;
}

std::string set_text(const ScanReport& report) {
    const Ensemble& set = report.ensemble;
    if (!set.refusal.empty()) return "No set: " + set.refusal + ".";
    if (set.members.empty()) return "No set can be chosen.";
    return fmt::format("Chosen: {} of {}, expected error {}. Tolerates: {}.", set.members.size(),
                       report.rows.size(), spell(set.expected_error), set.tolerates);
}

std::string next_step(const ScanReport& report) {
    const bool any = std::ranges::any_of(report.rows, [](const ScanRow& row) { return row.assessment.stats.has_value(); });
    if (!any) return "Nobody answered. Next: is UDP port 123 open to the outside?";
    if (!report.consensus.majority) return "Next: add servers, so that a majority can be found.";
    if (report.ensemble.members.empty()) return "Next: add hosts, or lower --minimum.";
    return "Next: clockwright plan";
}

}  // namespace

void rank(std::vector<ScanRow>& rows) {
    const auto key = [](const ScanRow& row) {
        const Assessment& assessment = row.assessment;
        const double error = assessment.stats ? assessment.stats->expected_error.count() : 1e9;
        return std::tuple(!assessment.chosen, -static_cast<int>(is_truechimer(assessment.verdict)),
                          -static_cast<int>(assessment.verdict == Verdict::system_peer
                                                ? Verdict::truechimer
                                                : assessment.verdict),
                          error, std::string_view(row.candidate.source.as_written));
    };
    std::ranges::stable_sort(rows, {}, key);
}

std::string consensus_text(const Consensus& consensus) {
    if (!consensus.majority) {
        if (consensus.judged == 0) return "No server could be judged.";
        return fmt::format("No majority: only {} of {} agree; nobody can tell which is right.",
                           consensus.agreeing, consensus.judged);
    }
    return fmt::format("{} of {} agree; combined offset {} ±{}.", consensus.agreeing, consensus.judged,
                       spell_signed(consensus.offset), spell_bound(consensus.bound));
}

std::string scan_json(const ScanReport& report) {
    const Consensus& consensus = report.consensus;
    Json document;
    document["clockwright"] = version;
    document["measured_at"] = rfc3339(report.measured_at);
    document["samples"] = report.samples;
    document["consensus"] = {{"majority", consensus.majority},
                             {"offset_seconds", json_or_null(consensus.majority, consensus.offset)},
                             {"bound_seconds", json_or_null(consensus.majority, consensus.bound)},
                             {"agreeing", consensus.agreeing},
                             {"judged", consensus.judged}};
    document["servers"] = Json::array();
    for (const ScanRow& row : report.rows) document["servers"].push_back(server_json(row));
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string dry_run_json(int packets, const std::vector<std::string>& addresses) {
    return Json{{"clockwright", version}, {"packets_planned", packets}, {"addresses", addresses}}.dump(2) + "\n";
}

std::string scan_text(const ScanReport& report, bool explain, bool colour) {
    std::string out = consensus_text(report.consensus) + "\n";
    if (!report.rows.empty()) out += servers_table(report, explain).text(colour);
    out += wrap(set_text(report), 0);
    for (const std::string& note : report.notes) out += wrap(note, 0);
    return out + next_step(report) + "\n";
}

}  // namespace clockwright
