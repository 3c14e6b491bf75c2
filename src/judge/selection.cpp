#include "judge/selection.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "judge/fitness.h"
#include "judge/intersection.h"
#include "judge/weighted_median.h"
#include "time/spell.h"

namespace clockwright {
namespace {

/// The work of one `select`: each step reads what the one before left in `selection_`.
class Judgement {
  public:
    Judgement(std::span<const Candidate> candidates, const SelectSettings& settings)
        : candidates_(candidates), settings_(settings) {
        selection_.assessments.resize(candidates.size());
    }

    Selection run() {
        summarise_all();
        judge_fitness();
        find_majority();
        cut_outliers();
        choose_set();
        return std::move(selection_);
    }

  private:
    void summarise_all();
    void judge_fitness();
    void find_majority();
    Seconds consensus_of(const std::vector<std::size_t>& truechimers) const;
    void cut_outliers();
    Seconds cut_of(const ServerStats& stats) const;
    void choose_set();
    std::vector<Eligible> eligible() const;
    void tell_choice(std::span<const Eligible> eligible);
    Seconds distance_from_consensus(const Assessment& assessment) const;

    std::span<const Candidate> candidates_;
    const SelectSettings& settings_;
    std::vector<std::size_t> judged_;
    Selection selection_;
};

SteadyTime newest_sample(std::span<const Candidate> candidates) {
    SteadyTime newest = SteadyTime::min();
    for (const Candidate& candidate : candidates) {
        for (const Sample& sample : candidate.series.samples) {
            newest = std::max(newest, sample.at);
        }
    }
    return newest;
}

void Judgement::summarise_all() {
    std::vector<const Series*> all;
    for (const Candidate& candidate : candidates_) {
        all.push_back(&candidate.series);
    }
    const Ppm drift = common_drift(all);
    const SteadyTime reference = newest_sample(candidates_);
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
        selection_.assessments[i].stats = summarise(candidates_[i].series, drift, reference);
    }
}

void Judgement::judge_fitness() {
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
        Assessment& it = selection_.assessments[i];
        if (auto unfit = unfitness(candidates_[i], it.stats, settings_.max_stratum)) {
            it.verdict = unfit->verdict;
            it.reason = std::move(unfit->reason);
        } else {
            judged_.push_back(i);
        }
    }
}

/// Intervals [θ₀ − λ, θ₀ + λ], their intersection, and the consensus of those that overlap it.
void Judgement::find_majority() {
    std::vector<Interval> intervals;
    for (const std::size_t i : judged_) {
        const ServerStats& stats = *selection_.assessments[i].stats;
        intervals.push_back({.low = stats.least_offset - stats.root_distance,
                             .middle = stats.least_offset,
                             .high = stats.least_offset + stats.root_distance});
    }
    const Intersection intersection = intersect(intervals);
    std::vector<std::size_t> truechimers;
    for (std::size_t k = 0; k < judged_.size(); ++k) {
        Assessment& it = selection_.assessments[judged_[k]];
        it.centred = intersection.centred[k];
        it.verdict = intersection.overlaps[k] ? Verdict::truechimer : Verdict::falseticker;
        if (intersection.overlaps[k]) {
            truechimers.push_back(judged_[k]);
        }
    }
    Consensus& consensus = selection_.consensus;
    consensus.majority = intersection.majority;
    consensus.agreeing = intersection.agreeing;
    consensus.judged = static_cast<int>(judged_.size());
    if (consensus.majority) {
        consensus.low = intersection.low;
        consensus.high = intersection.high;
        consensus.offset = std::clamp(consensus_of(truechimers), consensus.low, consensus.high);
        consensus.bound = std::max(consensus.offset - consensus.low,  //
                                   consensus.high - consensus.offset);
    }
}

Seconds Judgement::consensus_of(const std::vector<std::size_t>& truechimers) const {
    constexpr Seconds least_distance{1e-9};  // a weight must stay finite
    std::vector<Weighted> offsets;
    for (const std::size_t i : truechimers) {
        const ServerStats& stats = *selection_.assessments[i].stats;
        offsets.push_back(
            {stats.offset.count(), 1 / std::max(stats.root_distance, least_distance).count()});
    }
    return Seconds{weighted_median(std::move(offsets))};
}

Seconds Judgement::distance_from_consensus(const Assessment& assessment) const {
    return assessment.stats->offset - selection_.consensus.offset;
}

Seconds Judgement::cut_of(const ServerStats& stats) const {
    constexpr Seconds near{1e-3}, usual{0.2e-3}, least{20e-6};
    const bool is_near = stats.root_distance < near;
    return 0.25 * stats.root_distance +
           (is_near ? std::max(5 * settings_.own_noise, least) : usual);
}

/// Truechimers too far from the consensus for their distance become outliers; all get their reason.
void Judgement::cut_outliers() {
    const Consensus& consensus = selection_.consensus;
    for (const std::size_t i : judged_) {
        Assessment& it = selection_.assessments[i];
        if (!consensus.majority) {
            it.reason = "no majority";
            continue;
        }
        const Seconds distance = distance_from_consensus(it);
        const Seconds cut = cut_of(*it.stats);
        if (it.verdict == Verdict::falseticker) {
            it.reason = fmt::format("disagrees with {} of {} by {}", consensus.agreeing,
                                    consensus.judged, spell_signed(distance));
        } else if (!(std::abs(distance.count()) < cut.count())) {
            it.verdict = Verdict::outlier;
            it.reason = fmt::format("{} from the consensus, the limit is {}",
                                    spell_signed(distance), spell(cut));
        } else {
            it.score = 100 / (1 + it.stats->expected_error / Seconds{0.010});
            it.reason = fmt::format("{} from the consensus, expected error {}",
                                    spell_signed(distance), spell(it.stats->expected_error));
        }
    }
}

Vote vote_of(Verdict verdict) {
    if (!is_judged(verdict)) {
        return Vote::none;
    }
    return verdict == Verdict::falseticker ? Vote::against : Vote::for_us;
}

std::vector<Eligible> Judgement::eligible() const {
    std::vector<Eligible> list;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
        const Candidate& candidate = candidates_[i];
        const Assessment& assessment = selection_.assessments[i];
        const bool stays = candidate.membership == Membership::foreign;
        const bool usable = is_truechimer(assessment.verdict);
        if (!candidate.selectable || !(stays || usable)) {
            continue;
        }
        list.push_back({.index = i,
                        .ties = ties_of(candidate.source, candidate.address),
                        .expected_error = usable ? assessment.stats->expected_error : Seconds{},
                        .stays = stays,
                        .present = candidate.membership != Membership::none,
                        .usable = usable,
                        .vote = vote_of(assessment.verdict)});
    }
    return list;
}

void Judgement::choose_set() {
    const auto list = eligible();
    Ensemble& ensemble = selection_.ensemble;
    ensemble = assemble(
        list, {.count = settings_.count, .minimum = settings_.minimum, .domain = settings_.domain});
    const Consensus& consensus = selection_.consensus;
    if (consensus.judged == 0) {
        ensemble.refusal = "no server gave a measurement that can be judged";
    } else if (!consensus.majority) {
        ensemble.refusal = fmt::format("no majority among the {} servers judged", consensus.judged);
    }
    tell_choice(list);
}

/// Marks the chosen and the system peer, and completes the reasons.
void Judgement::tell_choice(std::span<const Eligible> eligible) {
    auto& assessments = selection_.assessments;
    for (std::size_t k = 0; k < eligible.size(); ++k) {
        if (const std::string& why = selection_.ensemble.passed_over[k]; !why.empty()) {
            assessments[eligible[k].index].reason = why;
        }
    }
    for (const std::size_t member : selection_.ensemble.members) {
        assessments[member].chosen = true;
    }
    if (!selection_.ensemble.members.empty()) {
        selection_.system_peer = selection_.ensemble.members.front();
        assessments[*selection_.system_peer].verdict = Verdict::system_peer;
    }
    for (const std::size_t i : judged_) {
        if (!candidates_[i].selectable && is_truechimer(assessments[i].verdict)) {
            const std::string& why = candidates_[i].why_not_selectable;
            assessments[i].reason = "passed over: " + (why.empty() ? "to be measured only" : why);
        }
        if (serves_own_clock(*assessments[i].stats)) {
            assessments[i].reason += "; serves its own clock (no reference)";
        }
    }
}

}  // namespace

Selection select(std::span<const Candidate> candidates, const SelectSettings& settings) {
    return Judgement(candidates, settings).run();
}

}  // namespace clockwright
