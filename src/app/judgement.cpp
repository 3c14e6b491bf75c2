#include "app/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "app/run_notes.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

/// Which of two names of one server stays: what is foreign in the daemon, then the authenticated
/// one.
int order(const Candidate& candidate) {
    if (candidate.membership == Membership::foreign) return 0;
    return candidate.source.authentication == Authentication::nts ? 1 : 2;
}

/// What the daemon has under the other name: the source is a member all the same.
void take_place_of(Candidate& first, const Candidate& twin) {
    if (first.membership != Membership::none || twin.membership == Membership::none) return;
    first.membership = twin.membership;
    first.written = twin.written;
}

/// Where time came from: an nts:// host that gave some is the server that NTP knows there. One that
/// gave none is nobody's twin, so that its failure is not hidden; nor is who was not asked.
Endpoint place_of(const Candidate& candidate) {
    const HostName& host = candidate.source.host;
    if (!host.nts || candidate.series.samples.empty()) return {*candidate.address, host.port};
    return {*candidate.address, candidate.nts ? candidate.nts->port : NtsReport{}.port};
}

/// What a lease may not permit the user may, under another name of the same server.
void open_if_permitted(Candidate& first, const Candidate& twin) {
    const bool closed_by_rule = !first.selectable && !first.why_not_selectable.empty();
    if (!closed_by_rule || !twin.source.permitted || first.source.timescale == Timescale::ut1)
        return;
    first.selectable = true;
    first.why_not_selectable.clear();
}

/// Moves twins out of `candidates`; the first of each endpoint stays, and the daemon's come first.
std::vector<Twin> fold_twins(std::vector<Candidate>& candidates) {
    // Candidates are large, and mostly in order.
    if (!std::ranges::is_sorted(candidates, {}, order))
        std::ranges::stable_sort(candidates, {}, order);
    std::vector<Twin> twins;
    std::map<Endpoint, std::size_t> places;
    std::size_t next = 0;  // the place of the next that is nobody's twin
    for (Candidate& candidate : candidates) {
        const std::size_t of =
            candidate.address && !candidate.not_asked
                ? places.try_emplace(places.end(), place_of(candidate), next)->second
                : next;
        if (of == next) {
            if (&candidates[next] != &candidate) candidates[next] = std::move(candidate);
            ++next;
            continue;
        }
        Candidate& first = candidates[of];
        first.source.permitted = first.source.permitted || candidate.source.permitted;
        take_place_of(first, candidate);
        open_if_permitted(first, candidate);
        if (first.source.as_written != candidate.source.as_written) {
            twins.push_back({std::move(candidate), of});
        }
    }
    candidates.resize(next);
    return twins;
}

/// What the policy of NTS objects to is measured only.
void keep_to_policy(std::vector<Candidate>& candidates, const Config& config) {
    const NtsPolicy policy = nts_policy(config);
    for (Candidate& candidate : candidates) {
        std::string objection = objection_to(candidate, policy);
        if (objection.empty()) objection = downgrade_objection(candidate, candidates, policy);
        if (objection.empty()) continue;
        candidate.selectable = false;
        candidate.why_not_selectable = objection;
    }
}

bool is_present(const Candidate& candidate) {
    return candidate.membership != Membership::none;
}

SelectSettings select_settings(const std::vector<Candidate>& candidates, const Config& config) {
    SelectSettings settings;
    settings.domain = trust_domain(candidates, config);
    settings.profile = find_profile(config.select.profile).value_or(Profile{});
    settings.tie = config.select.gain;
    const bool count_is_set = config.is_set("select.count");
    settings.count = count_is_set ? config.select.count : settings.profile.count;
    settings.minimum = std::min(settings.profile.minimum, settings.count);
    if (config.is_set("select.minimum")) settings.minimum = config.select.minimum;
    if (!count_is_set) settings.count = std::max(settings.count, settings.minimum);
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

/// A server that must not be configured says why, whatever it was judged as.
void explain_unselectable(Judged& judged) {
    for (std::size_t i = 0; i < judged.candidates.size(); ++i) {
        const std::string& why = judged.candidates[i].why_not_selectable;
        std::string& reason = judged.selection.assessments[i].reason;
        if (why.empty() || reason.contains(why)) continue;
        reason = reason.empty() ? why : fmt::format("{}; {}", why, reason);
    }
}

ScanRow twin_row(const Twin& twin, const Judged& judged) {
    ScanRow row{twin.candidate, judged.selection.assessments[twin.of]};
    // What is not authentic must not look so.
    const Candidate& first = judged.candidates[twin.of];
    if (twin.candidate.source.authentication == first.source.authentication) {
        row.candidate.series = first.series;
    }
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

NtsPolicy nts_policy(const Config& config) {
    return parse_nts_policy(config.select.nts).value_or(NtsPolicy::prefer);
}

Judged judge(std::vector<Candidate> candidates, const Config& config, std::string machine) {
    Judged judged;
    judged.twins = fold_twins(candidates);
    judged.candidates = std::move(candidates);
    keep_to_policy(judged.candidates, config);
    judged.settings = select_settings(judged.candidates, config);
    judged.settings.machine = std::move(machine);
    judged.selection = select(judged.candidates, judged.settings);
    explain_unselectable(judged);
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
    for (Hazard& hazard : judged.selection.hazards) report.notes.push_back(std::move(hazard.text));
    std::ranges::move(run_notes(judged), std::back_inserter(report.notes));
    std::vector<ScanRow> twins;
    for (const Twin& twin : judged.twins) twins.push_back(twin_row(twin, judged));
    std::vector<RowParts> rows;
    rows.reserve(twins.size() + judged.candidates.size());
    for (ScanRow& twin : twins) rows.push_back({&twin.candidate, &twin.assessment});
    for (std::size_t i = 0; i < judged.candidates.size(); ++i)
        rows.push_back({&judged.candidates[i], &judged.selection.assessments[i]});
    rank(rows);
    report.rows.reserve(rows.size());
    for (const RowParts& row : rows)
        report.rows.emplace_back(std::move(*row.candidate), std::move(*row.assessment));
    return report;
}

GateSettings gate_settings(const Judged& judged, const Config& config) {
    GateSettings gate;
    gate.gain = config.select.gain;
    gate.confirmations = config.select.confirmations;
    gate.minimum = judged.settings.minimum;
    gate.domain = judged.settings.domain;
    gate.nts = nts_policy(config);
    return gate;
}

}  // namespace clockwright::app
