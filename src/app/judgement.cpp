#include "app/judgement.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "time/spell.h"

namespace clockwright::app {
namespace {

/// Moves twins out of `candidates`; the first of each endpoint stays, and the daemon's come first.
std::vector<Twin> fold_twins(std::vector<Candidate>& candidates) {
    std::ranges::stable_sort(candidates, [](const Candidate& a, const Candidate& b) {
        return a.membership == Membership::foreign && b.membership != Membership::foreign;
    });
    std::vector<Candidate> unique;
    std::vector<Twin> twins;
    std::map<Endpoint, std::size_t> places;  // into `unique`
    for (Candidate& candidate : candidates) {
        const std::size_t next = unique.size();
        const std::size_t of =
            candidate.address
                ? places.try_emplace({*candidate.address, candidate.source.host.port}, next)
                      .first->second
                : next;
        if (of == next) {
            unique.push_back(std::move(candidate));
            continue;
        }
        Candidate& first = unique[of];
        first.source.permitted = first.source.permitted || candidate.source.permitted;
        if (first.source.as_written != candidate.source.as_written) {
            twins.push_back({std::move(candidate), of});
        }
    }
    candidates = std::move(unique);
    return twins;
}

bool is_present(const Candidate& candidate) {
    return candidate.membership != Membership::none;
}

SelectSettings select_settings(const std::vector<Candidate>& candidates, const Config& config) {
    SelectSettings settings;
    settings.domain = trust_domain(candidates, config);
    settings.profile = find_profile(config.select.profile).value_or(Profile{});
    settings.tie = config.select.gain;
    settings.count = config.is_set("select.count") ? config.select.count : settings.profile.count;
    settings.minimum =
        config.is_set("select.minimum") ? config.select.minimum : settings.profile.minimum;
    settings.max_stratum = config.select.max_stratum;
    if (settings.domain == TrustDomain::public_internet) return settings;
    const auto provided =
        static_cast<int>(std::ranges::count_if(candidates, &Candidate::selectable));
    if (!config.is_set("select.minimum")) {
        settings.minimum = std::clamp(provided, std::min(2, settings.count),
                                      std::min(settings.profile.minimum, settings.count));
    }
    if (!config.is_set("select.max_stratum")) settings.max_stratum = 8;
    return settings;
}

/// Chosen servers that follow one upstream: they may be wrong together. Loopback refids say
/// nothing.
std::vector<std::string> shared_upstreams(const Judged& judged) {
    std::map<std::uint32_t, std::vector<std::string>> followers;
    for (const std::size_t member : judged.selection.ensemble.members) {
        const ServerStats& stats = *judged.selection.assessments[member].stats;
        if (stats.stratum < 2 || stats.refid >> 24U == 127 || stats.refid == 0) continue;
        followers[stats.refid].push_back(printable(judged.candidates[member].source.as_written));
    }
    std::vector<std::string> notes;
    for (const auto& [refid, names] : followers) {
        if (names.size() < 2) continue;
        notes.push_back(fmt::format("{} share upstream {}: they may be wrong together.",
                                    fmt::join(names, " and "), refid_text(refid, 2)));
    }
    return notes;
}

ScanRow twin_row(const Twin& twin, const Judged& judged) {
    ScanRow row{twin.candidate, judged.selection.assessments[twin.of]};
    row.candidate.series = judged.candidates[twin.of].series;
    row.assessment.chosen = false;
    if (row.assessment.verdict == Verdict::system_peer)
        row.assessment.verdict = Verdict::truechimer;
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

Judged judge(std::vector<Candidate> candidates, const Config& config, std::string machine) {
    Judged judged;
    judged.twins = fold_twins(candidates);
    judged.candidates = std::move(candidates);
    judged.settings = select_settings(judged.candidates, config);
    judged.settings.machine = std::move(machine);
    judged.selection = select(judged.candidates, judged.settings);
    return judged;
}

ScanReport report_of(Judged judged, const Measured& measured, WallTime at) {
    ScanReport report;
    report.measured_at = at;
    report.samples = measured.samples;
    report.consensus = judged.selection.consensus;
    report.ensemble = judged.selection.ensemble;
    report.profile = judged.settings.profile;
    report.notes = measured.notes;
    std::ranges::move(judged.selection.notes, std::back_inserter(report.notes));
    std::ranges::move(shared_upstreams(judged), std::back_inserter(report.notes));
    report.rows.reserve(judged.candidates.size() + judged.twins.size());
    for (const Twin& twin : judged.twins) report.rows.push_back(twin_row(twin, judged));
    for (std::size_t i = 0; i < judged.candidates.size(); ++i) {
        report.rows.push_back(
            {std::move(judged.candidates[i]), std::move(judged.selection.assessments[i])});
    }
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
