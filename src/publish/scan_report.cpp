#include "publish/scan_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "publish/json_text.h"
#include "publish/nts_text.h"
#include "publish/table.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

std::string findings_json(const std::vector<PathFinding>& findings, int depth) {
    JsonArray objects(depth);
    for (const PathFinding& finding : findings) {
        JsonObject object(depth + 1);
        object.add("kind", to_string(finding.kind));
        object.add("what", finding.what);
        object.add("advice", finding.advice);
        objects.add(object);
    }
    return std::move(objects).text();
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

/// Every term of the judgement, each with where it goes.
std::string terms_text(const ScanRow& row, const Profile& profile) {
    const auto& stats = row.assessment.stats;
    std::string text = fmt::format(
        "; expected error {} = 0.04 x delay {} + 0.1 x root ({}/2 + {}) + 0.5 x queueing {}",
        spell(stats->expected_error), spell(stats->delay_min), spell(stats->root_delay),
        spell(stats->root_dispersion), spell(stats->queueing));
    if (const std::string cost = spell_cost(*stats, profile); !cost.empty()) {
        text += fmt::format("; cost ({}) {} = {}", profile.name, spell(row.assessment.cost), cost);
    }
    text +=
        fmt::format("; root distance {} = ({} + {})/2 + {} + jitter {}",
                    spell(stats->root_distance), spell(stats->root_delay), spell(stats->delay_min),
                    spell(stats->root_dispersion), spell(stats->jitter));
    if (row.assessment.distance > stats->root_distance) {
        text += fmt::format(", taken as {}", spell(row.assessment.distance));
    }
    if (row.assessment.cut) text += fmt::format("; cut at {}", spell(*row.assessment.cut));
    text += fmt::format("; loss {:.0f} % ({} of {} answered)", 100 * stats->loss, stats->received,
                        stats->sent);
    if (const auto upstream = upstream_of(stats->stratum, stats->refid); upstream != 0) {
        text += "; upstream " + refid_text(upstream, 2);
    }
    return text;
}

/// The reason, what NTS told, the terms, and where it is from.
std::string explain_text(const ScanRow& row, const Profile& profile) {
    const auto& stats = row.assessment.stats;
    std::string text = row.assessment.reason;
    if (row.candidate.nts && row.candidate.nts->failure == NtsFailure::none)
        text += "; " + nts_text(*row.candidate.nts);
    if (stats) text += terms_text(row, profile);
    text += "; from " + printable(to_string(row.candidate.source.origin));
    if (!row.candidate.source.operator_name.empty()) {
        text += "; operator " + printable(row.candidate.source.operator_name);
    }
    if (row.candidate.source.smear != Smear::unknown) {
        text += fmt::format("; smear {}", to_string(row.candidate.source.smear));
    }
    return text;
}

bool needs_reason(const ScanRow& row) {
    return !is_truechimer(row.assessment.verdict) || row.candidate.membership != Membership::none ||
           !row.candidate.why_not_selectable.empty();
}

Table servers_table(const ScanReport& report, bool explain) {
    Table table({{""},
                 {"server", Align::left, 24},
                 {"st", Align::right},
                 {"offset", Align::right},
                 {"delay", Align::right},
                 {"expected", Align::right},
                 {"verdict"}});
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
        if (row.candidate.nts) {
            const std::string end = certificate_end(*row.candidate.nts, report.measured_at);
            if (!end.empty()) table.remark(end);
        }
        if (explain) {
            table.remark(explain_text(row, report.profile));
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

std::string findings_text(const std::vector<PathFinding>& findings, bool any_answer) {
    if (findings.empty()) {
        return any_answer ? "Path: nothing is wrong on the way, as far as this shows.\n"
                          : "Path: nothing can be said of the way, for nobody answered on it.\n";
    }
    std::string out;
    for (const PathFinding& finding : findings)
        out += wrap(fmt::format("Path: {}. Advice: {}.", finding.what, finding.advice), 0);
    return out;
}

bool anybody_answered(const ScanReport& report) {
    return std::ranges::any_of(report.rows,
                               [](const ScanRow& row) { return row.assessment.stats.has_value(); });
}

std::string next_step(const ScanReport& report) {
    if (report.rows.empty()) return "Next: name servers: clockwright scan HOST…";
    if (report.findings && !report.findings->empty())
        return "Next: follow the advice, then scan again.";
    if (!anybody_answered(report)) return "Next: clockwright scan --diagnose tries the way itself.";
    if (!report.consensus.majority) return "Next: add servers, so that a majority can be found.";
    if (report.ensemble.members.empty()) return "Next: add hosts, or lower --minimum.";
    return "Next: clockwright plan";
}

}  // namespace

void rank(std::vector<RowParts>& rows) {
    std::ranges::stable_sort(rows, {}, [](const RowParts& row) {
        const Assessment& assessment = *row.assessment;
        const double error = assessment.stats ? assessment.stats->expected_error.count() : 1e9;
        return std::tuple(
            !assessment.chosen, -static_cast<int>(is_truechimer(assessment.verdict)),
            -static_cast<int>(assessment.verdict == Verdict::system_peer ? Verdict::truechimer
                                                                         : assessment.verdict),
            error, std::string_view(row.candidate->source.as_written));
    });
}

std::string consensus_text(const Consensus& consensus) {
    if (!consensus.majority) {
        if (consensus.judged == 0) return "No server could be judged.";
        return fmt::format("No majority: only {} of {} agree; nobody can tell which is right.",
                           consensus.agreeing, consensus.judged);
    }
    return fmt::format("{} of {} agree; combined offset {} ±{}.", consensus.agreeing,
                       consensus.judged, spell_signed(consensus.offset),
                       spell_bound(consensus.bound));
}

JsonObject server_json(const ScanRow& row, int depth, bool by_daemon) {
    const Source& source = row.candidate.source;
    const Assessment& assessment = row.assessment;
    const auto& stats = assessment.stats;
    const auto when_measured = [&](auto&& value) {
        return stats ? std::optional(value(*stats)) : std::nullopt;
    };
    const auto seconds = [&](Seconds ServerStats::* term) {
        return when_measured([&](const ServerStats& s) { return (s.*term).count(); });
    };
    const auto term = [&](Seconds ServerStats::* one) {
        return by_daemon ? std::nullopt : seconds(one);
    };
    const bool leap_told = stats && !by_daemon, refid_told = stats && !(by_daemon && !stats->refid);
    const auto& address = row.candidate.address;
    JsonObject server(depth);
    server.add("host", source.as_written);
    server.add("address", address ? std::optional(to_string(*address)) : std::nullopt);
    server.add("port", asked_port(row.candidate));
    server.add("operator",
               source.operator_name.empty() ? std::nullopt : std::optional(source.operator_name));
    server.add("origin", to_string(source.origin));
    server.add("authentication", to_string(source.authentication));
    server.add("stratum", when_measured([](const ServerStats& s) { return s.stratum; }));
    server.add("refid", refid_told ? std::optional(refid_text(
                                         stats->refid, static_cast<std::uint8_t>(stats->stratum)))
                                   : std::nullopt);
    server.add("leap", leap_told ? std::optional(to_string(stats->leap)) : std::nullopt);
    server.add("smear", to_string(source.smear));
    server.add("offset_seconds", seconds(&ServerStats::offset));
    server.add("delay_seconds", term(&ServerStats::delay_min));
    server.add("jitter_seconds", seconds(&ServerStats::jitter));
    server.add("root_delay_seconds", term(&ServerStats::root_delay));
    server.add("root_dispersion_seconds", term(&ServerStats::root_dispersion));
    server.add("root_distance_seconds", seconds(&ServerStats::root_distance));
    server.add("sent", row.candidate.series.sent);
    server.add("received", row.candidate.series.samples.size());
    server.add("verdict", to_string(assessment.verdict));
    server.add("expected_error_seconds", seconds(&ServerStats::expected_error));
    server.add("score", assessment.score);
    server.add("chosen", assessment.chosen);
    server.add("reason", assessment.reason);
    if (row.candidate.nts) server.add_json("nts", nts_json(*row.candidate.nts, depth + 1));
    return server;
}

std::string consensus_json(const Consensus& consensus, int depth) {
    const auto when_agreed = [&](Seconds value) {
        return consensus.majority ? std::optional(value.count()) : std::nullopt;
    };
    JsonObject object(depth);
    object.add("majority", consensus.majority);
    object.add("offset_seconds", when_agreed(consensus.offset));
    object.add("bound_seconds", when_agreed(consensus.bound));
    object.add("agreeing", consensus.agreeing);
    object.add("judged", consensus.judged);
    return object.text();
}

std::string scan_json(const ScanReport& report) {
    constexpr std::size_t of_one = 1024, of_all = 4096;  // octets, so that seldom one is moved
    JsonArray rows(1, report.rows.size() * of_one);
    for (const ScanRow& row : report.rows) rows.add(server_json(row, 2));
    const std::string servers = std::move(rows).text();
    JsonObject document(0, servers.size() + of_all);
    document.add("clockwright", version);
    document.add("measured_at", rfc3339(report.measured_at));
    document.add("samples", report.samples);
    document.add_json("consensus", consensus_json(report.consensus, 1));
    document.add_json("servers", servers);
    if (report.findings) document.add_json("findings", findings_json(*report.findings, 1));
    return std::move(document).text() + "\n";
}

std::string dry_run_text(const DryRun& run) {
    std::string out;
    for (const DryRunRow& row : run.rows) {
        const std::string host = printable(row.host);
        std::string place = host;
        if (row.address.starts_with(row.host)) {
            place = row.address;
        } else if (!row.address.empty()) {
            place += " (" + row.address + ")";
        }
        if (row.packets == 0) {
            out += wrap(fmt::format("{} gets no packet: {}", place, row.why_none), 2);
        } else if (row.key_exchange.empty()) {
            out += fmt::format("  {}  {} packets\n", place, row.packets);
        } else {
            out += wrap(fmt::format("{}  keys by TCP {}, then {} packets to {} or where its key "
                                    "exchange says",
                                    host, row.key_exchange, row.packets, row.address),
                        2);
        }
    }
    if (run.diagnosis_packets > 0) {
        out += wrap(fmt::format("--diagnose adds {} packets at most, four to each of six at most.",
                                run.diagnosis_packets),
                    0);
    }
    return out;
}

std::string dry_run_json(const DryRun& run) {
    auto addresses = Json::array(), destinations = Json::array();
    const auto text_or_null = [](const std::string& text) {
        return text.empty() ? Json(nullptr) : Json(text);
    };
    for (const DryRunRow& row : run.rows) {
        if (row.packets > 0) addresses.push_back(row.address);
        destinations.push_back({{"host", row.host},
                                {"address", text_or_null(row.address)},
                                {"packets", row.packets},
                                {"key_exchange", text_or_null(row.key_exchange)},
                                {"reason", text_or_null(row.why_none)}});
    }
    return Json{{"clockwright", version},
                {"packets_planned", run.packets + run.diagnosis_packets},
                {"diagnosis_packets", run.diagnosis_packets},
                {"addresses", std::move(addresses)},
                {"destinations", std::move(destinations)}}
               .dump(2) +
           "\n";
}

std::string scan_text(const ScanReport& report, bool explain, bool colour) {
    std::string out = consensus_text(report.consensus) + "\n";
    if (!report.rows.empty()) out += servers_table(report, explain).text(colour);
    out += wrap(set_text(report), 0);
    for (const std::string& note : report.notes) out += wrap(note, 0);
    if (report.findings) out += findings_text(*report.findings, anybody_answered(report));
    return out + wrap(next_step(report), 0);
}

}  // namespace clockwright
