#include "app/judgement.h"

#include <fmt/format.h>

#include <algorithm>

#include "time/spell.h"

namespace clockwright::app {
namespace {

bool is_same_endpoint(const Candidate& a, const Candidate& b) {
    return a.address && a.address == b.address && a.source.host.port == b.source.host.port;
}

/// Moves twins out of `candidates`; the first of each endpoint stays, and the daemon's come first.
std::vector<Twin> fold_twins(std::vector<Candidate>& candidates) {
    std::ranges::stable_sort(candidates, [](const Candidate& a, const Candidate& b) {
        return a.membership == Membership::foreign && b.membership != Membership::foreign;
    });
    std::vector<Candidate> unique;
    std::vector<Twin> twins;
    for (Candidate& candidate : candidates) {
        const auto first = std::ranges::find_if(
            unique, [&](const Candidate& other) { return is_same_endpoint(candidate, other); });
        if (first == unique.end()) {
            unique.push_back(std::move(candidate));
            continue;
        }
        first->source.permitted = first->source.permitted || candidate.source.permitted;
        if (first->source.as_written != candidate.source.as_written) {
            const auto of = static_cast<std::size_t>(first - unique.begin());
            twins.push_back({std::move(candidate), of});
        }
    }
    candidates = std::move(unique);
    return twins;
}

bool is_present(const Candidate& candidate) { return candidate.membership != Membership::none; }

SelectSettings select_settings(const std::vector<Candidate>& candidates, const Config& config) {
    SelectSettings settings;
    settings.domain = trust_domain(candidates, config);
    settings.count = config.select.count;
    settings.minimum = config.select.minimum;
    settings.max_stratum = config.select.max_stratum;
    if (settings.domain == TrustDomain::public_internet) return settings;
    const auto provided = static_cast<int>(std::ranges::count_if(candidates, &Candidate::selectable));
    if (!config.is_set("select.minimum")) {
        settings.minimum = std::clamp(provided, std::min(2, settings.count), std::min(4, settings.count));
    }
    if (!config.is_set("select.max_stratum")) settings.max_stratum = 8;
    return settings;
}

ScanRow twin_row(const Twin& twin, const Judged& judged) {
    ScanRow row{twin.candidate, judged.selection.assessments[twin.of]};
    row.candidate.series = judged.candidates[twin.of].series;
    row.assessment.chosen = false;
    if (row.assessment.verdict == Verdict::system_peer) row.assessment.verdict = Verdict::truechimer;
    row.assessment.reason = fmt::format("the same server as {}, counted once",
                                        printable(judged.candidates[twin.of].source.as_written));
    return row;
}

}  // namespace

TrustDomain trust_domain(const std::vector<Candidate>& candidates, const Config& config) {
    if (config.select.trust_domain == "public") return TrustDomain::public_internet;
    if (config.select.trust_domain == "internal") return TrustDomain::internal;
    if (config.select.trust_domain == "platform") return TrustDomain::platform;
    const auto is_public = [](const Candidate& candidate) {
        return is_present(candidate) && (!candidate.address || candidate.address->is_public());
    };
    const bool any = std::ranges::any_of(candidates, is_present);
    return any && std::ranges::none_of(candidates, is_public) ? TrustDomain::internal
                                                              : TrustDomain::public_internet;
}

Judged judge(std::vector<Candidate> candidates, const Config& config) {
    Judged judged;
    judged.twins = fold_twins(candidates);
    judged.candidates = std::move(candidates);
    judged.settings = select_settings(judged.candidates, config);
    judged.selection = select(judged.candidates, judged.settings);
    return judged;
}

ScanReport report_of(const Judged& judged, const Measured& measured, WallTime at) {
    ScanReport report;
    report.measured_at = at;
    report.samples = measured.samples;
    report.consensus = judged.selection.consensus;
    report.ensemble = judged.selection.ensemble;
    report.notes = measured.notes;
    for (std::size_t i = 0; i < judged.candidates.size(); ++i) {
        report.rows.push_back({judged.candidates[i], judged.selection.assessments[i]});
    }
    for (const Twin& twin : judged.twins) report.rows.push_back(twin_row(twin, judged));
    rank(report.rows);
    return report;
}

GateSettings gate_settings(const Judged& judged, const Config& config) {
    GateSettings gate;
    gate.gain = config.select.gain;
    gate.confirmations = config.select.confirmations;
    gate.minimum = judged.settings.minimum;
    gate.domain = judged.settings.domain;
    return gate;
}

}  // namespace clockwright::app
