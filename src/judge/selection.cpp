#include "judge/selection.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "judge/consensus.h"
#include "judge/fitness.h"
#include "judge/hazards.h"
#include "judge/intersection.h"
#include "judge/quorum_bound.h"
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
        find_ties();
        judge_fitness();
        find_majority();
        cut_outliers();
        choose_set();
        selection_.hazards = hazards_of(candidates_, ties_, selection_, settings_.domain);
        return std::move(selection_);
    }

  private:
    void summarise_all();
    void find_ties();
    void judge_fitness();
    void find_majority();
    Seconds distance_of(std::size_t index) const;
    bool is_near(std::size_t index) const;
    void agree_on_offset();
    void cut_outliers();
    Seconds cut_of(std::size_t index) const;
    std::string distance_text(std::size_t index) const;
    bool survives(std::size_t index, Seconds from) const;
    void measure_far_ones_apart();
    void choose_set();
    std::vector<Eligible> eligible() const;
    void tell_choice(std::span<const Eligible> eligible);
    std::span<const Candidate> candidates_;
    const SelectSettings& settings_;
    std::vector<Ties> ties_;  // by candidate
    std::vector<std::size_t> judged_;
    std::vector<std::size_t> truechimers_;   // all that overlap the majority, outliers too
    std::vector<std::size_t> contradicted_;  // near ones that those beyond the gateway give the lie
    Seconds cut_from_{}, far_cut_from_{};    // what the cut measures from
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
        Assessment& it = selection_.assessments[i];
        it.stats = summarise(candidates_[i].series, drift, reference);
        if (it.stats) {
            it.cost = cost_of(*it.stats, settings_.profile);
            it.distance = distance_of(i);
        }
    }
}

void Judgement::find_ties() {
    ties_.reserve(candidates_.size());
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
        ties_.push_back(ties_of(candidates_[i], selection_.assessments[i]));
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

/// λ as the judge believes it: a server on the internet cannot claim itself into certainty.
Seconds Judgement::distance_of(std::size_t index) const {
    const ServerStats& stats = *selection_.assessments[index].stats;
    return std::max(stats.root_distance,
                    least_distance(candidates_[index].address, stats.delay_min));
}

/// On this side of the gateway; a public address never is, whatever delay it claims.
bool Judgement::is_near(std::size_t index) const {
    const auto& address = candidates_[index].address;
    return selection_.assessments[index].stats->delay_min < near_delay &&
           !(address && address->is_public());
}

/// Intervals [θ₀ − λ, θ₀ + λ], their intersection, and the consensus of those that overlap it.
void Judgement::find_majority() {
    std::vector<Interval> intervals;
    for (const std::size_t i : judged_) {
        const ServerStats& stats = *selection_.assessments[i].stats;
        intervals.push_back({.low = stats.least_offset - distance_of(i),
                             .middle = stats.least_offset,
                             .high = stats.least_offset + distance_of(i)});
    }
    const Intersection intersection = intersect(intervals);
    for (std::size_t k = 0; k < judged_.size(); ++k) {
        Assessment& it = selection_.assessments[judged_[k]];
        it.centred = intersection.centred[k];
        it.verdict = intersection.overlaps[k] ? Verdict::truechimer : Verdict::falseticker;
        if (intersection.overlaps[k]) {
            truechimers_.push_back(judged_[k]);
        }
    }
    Consensus& consensus = selection_.consensus;
    consensus.majority = intersection.majority;
    consensus.agreeing = intersection.agreeing;
    consensus.judged = static_cast<int>(judged_.size());
    if (consensus.majority) {
        consensus.low = intersection.low;
        consensus.high = intersection.high;
        agree_on_offset();
    }
}

void Judgement::agree_on_offset() {
    std::vector<Opinion> opinions;
    for (const std::size_t i : truechimers_) {
        const ServerStats& stats = *selection_.assessments[i].stats;
        opinions.push_back({.offset = stats.offset,
                            .distance = distance_of(i),
                            .delay = stats.delay_min,
                            .near = is_near(i)});
    }
    const Weighing weighing = weigh(opinions);
    for (std::size_t k = 0; k < truechimers_.size(); ++k) {
        if (weighing.contradicted[k]) {
            contradicted_.push_back(truechimers_[k]);
        }
    }
    Consensus& consensus = selection_.consensus;
    consensus.offset = std::clamp(weighing.offset, consensus.low, consensus.high);
    consensus.bound = std::max(consensus.offset - consensus.low,  //
                               consensus.high - consensus.offset);
    // One far source at the edge of the intersection must not cut a near one.
    cut_from_ = weighing.offset;
    far_cut_from_ = weighing.shared ? weighing.far_offset : cut_from_;
}

Seconds Judgement::cut_of(std::size_t index) const {
    constexpr Seconds near{1e-3}, usual{0.2e-3}, least{20e-6};
    const Seconds distance = distance_of(index);
    return 0.25 * distance + (distance < near ? std::max(5 * settings_.own_noise, least) : usual);
}

bool Judgement::survives(std::size_t index, Seconds from) const {
    const Seconds distance = selection_.assessments[index].stats->offset - from;
    return std::abs(distance.count()) < cut_of(index).count();
}

/// When near sources set the consensus and too few others survive the cut by it, those beyond the
/// gateway, being the most, are wrong together by their common path: they are measured from their
/// own consensus.
void Judgement::measure_far_ones_apart() {
    const auto is_far = [&](std::size_t i) { return !is_near(i); };
    const auto far = std::ranges::count_if(truechimers_, is_far);
    const auto survivors =
        std::ranges::count_if(truechimers_, [&](std::size_t i) { return survives(i, cut_from_); });
    const bool most = 2 * far > static_cast<std::ptrdiff_t>(truechimers_.size());
    if (survivors >= settings_.minimum || !most || !contradicted_.empty()) {
        far_cut_from_ = cut_from_;
    }
}

std::string Judgement::distance_text(std::size_t index) const {
    return spell_signed(selection_.assessments[index].stats->offset - cut_from_);
}

/// Truechimers too far from the consensus for their distance become outliers; all but those that
/// remain get their reason.
void Judgement::cut_outliers() {
    const Consensus& consensus = selection_.consensus;
    measure_far_ones_apart();
    for (const std::size_t i : judged_) {
        Assessment& it = selection_.assessments[i];
        if (!consensus.majority) {
            it.reason = "no majority";
            continue;
        }
        it.cut = cut_of(i);
        const Seconds from = is_near(i) ? cut_from_ : far_cut_from_;
        if (it.verdict == Verdict::falseticker) {
            it.reason = fmt::format("disagrees with {} of {} by {}", consensus.agreeing,
                                    consensus.judged, distance_text(i));
        } else if (std::ranges::find(contradicted_, i) != contradicted_.end()) {
            it.verdict = Verdict::outlier;
            it.reason =
                fmt::format("{} from those beyond the gateway, more than their paths can explain",
                            distance_text(i));
        } else if (!survives(i, from)) {
            it.verdict = Verdict::outlier;
            it.reason = fmt::format("{} from the consensus, the limit is {}", distance_text(i),
                                    spell(*it.cut));
        } else {
            it.score = 100 / (1 + it.stats->expected_error / Seconds{0.010});
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
                        .ties = ties_[i],
                        .expected_error = usable ? assessment.stats->expected_error : Seconds{},
                        .cost = usable ? assessment.cost : Seconds{},
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
    ensemble = assemble(list, {.count = settings_.count,
                               .minimum = settings_.minimum,
                               .domain = settings_.domain,
                               .tie = settings_.tie,
                               .machine = settings_.machine});
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
    auto passed_over = std::exchange(selection_.ensemble.passed_over, {});
    for (std::size_t k = 0; k < eligible.size(); ++k) {
        if (!passed_over[k].empty()) {
            assessments[eligible[k].index].reason = std::move(passed_over[k]);
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
        Assessment& it = assessments[i];
        if (!candidates_[i].selectable && is_truechimer(it.verdict)) {
            const std::string& why = candidates_[i].why_not_selectable;
            it.reason = "passed over: " + (why.empty() ? "to be measured only" : why);
        } else if (it.reason.empty()) {
            it.reason = fmt::format("{} from the consensus, expected error {}", distance_text(i),
                                    spell(it.stats->expected_error));
        }
        if (serves_own_clock(*it.stats)) {
            it.reason += "; serves its own clock (no reference)";
        }
    }
}

}  // namespace

Ties ties_of(const Candidate& candidate, const Assessment& assessment) {
    Ties ties = ties_of(candidate.source, candidate.address);
    if (assessment.stats) {
        ties.upstream = upstream_of(assessment.stats->stratum, assessment.stats->refid);
    }
    return ties;
}

Consensus clock_consensus(const Selection& selection) {
    Consensus consensus = selection.consensus;
    std::optional<Seconds> least;
    for (const Assessment& it : selection.assessments)
        if (it.stats && is_truechimer(it.verdict))
            least = std::min(least.value_or(it.stats->delay_min), it.stats->delay_min);
    if (consensus.majority && least) consensus.bound = std::max(consensus.bound, *least / 2);
    return consensus;
}

Selection select(std::span<const Candidate> candidates, const SelectSettings& settings) {
    return Judgement(candidates, settings).run();
}

}  // namespace clockwright
