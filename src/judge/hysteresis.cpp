#include "judge/hysteresis.h"

#include <algorithm>

#include <fmt/format.h>

#include "judge/independence.h"
#include "time/spell.h"

namespace clockwright {
namespace {

/// One source of the present set.
struct Member {
    Ties ties;
    bool foreign = false;
    bool truechimer = false;
    bool chosen = false;
    bool answers = false;  ///< what it says could be judged
    Seconds cost{};        ///< the expected error as the profile weighs it
};

std::vector<Member> present_set(std::span<const Candidate> candidates, const Selection& selection) {
    std::vector<Member> members;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const Candidate& candidate = candidates[i];
        const Assessment& assessment = selection.assessments[i];
        const bool ours = candidate.membership == Membership::ours;
        if (candidate.membership == Membership::none || !(candidate.selectable || ours)) continue;
        members.push_back({.ties = ties_of(candidate, assessment),
                           .foreign = candidate.membership == Membership::foreign,
                           .truechimer = is_truechimer(assessment.verdict),
                           .chosen = assessment.chosen,
                           .answers = is_judged(assessment.verdict),
                           .cost = assessment.cost});
    }
    return members;
}

/// Is there a group of more than `bound` members, at least one of them ours, that `related` joins?
template <class Related>
bool has_crowd(const std::vector<Member>& members, int bound, Related related) {
    return std::ranges::any_of(members, [&](const Member& one) {
        const auto size = std::ranges::count_if(members, [&](const Member& other) {
            return &one == &other || related(one.ties, other.ties);
        });
        return !one.foreign && size > bound;
    });
}

/// Why the present set is not usable (rules S-4 and L-3, and enough truechimers); empty: it is.
std::string fault_of(const std::vector<Member>& members, const GateSettings& settings) {
    const auto truechimers = std::ranges::count_if(members, &Member::truechimer);
    if (truechimers < settings.minimum) {
        return fmt::format("only {} of the {} present sources are truechimers, {} are needed",
                           truechimers, members.size(), settings.minimum);
    }
    const int bound = group_bound(static_cast<int>(members.size()));
    if (has_crowd(members, bound, share_operator)) {
        return fmt::format("more than {} of the {} present sources have one operator", bound,
                           members.size());
    }
    if (has_crowd(members, bound, [&](const Ties& one, const Ties& other) {
            return share_network(one, other, settings.domain);
        })) {
        return fmt::format("more than {} of the {} present sources are in one network", bound,
                           members.size());
    }
    if (has_crowd(members, bound, [&](const Ties& one, const Ties& other) {
            return share_rotation(one, other, settings.domain);
        })) {
        return fmt::format("more than {} of the {} present sources are of one DNS rotation", bound,
                           members.size());
    }
    const bool pure = std::ranges::all_of(members, [&](const Member& member) {
        return share_smear(member.ties, members.front().ties);
    });
    return pure ? "" : "the present set mixes smear classes";
}

/// Mean of what counts; empty when a member of ours is no truechimer, or nothing counts.
std::optional<Seconds> mean_error(const std::vector<Member>& members) {
    Seconds sum{};
    int count = 0;
    for (const Member& member : members) {
        if (member.truechimer) {
            sum += member.cost;
            ++count;
        } else if (!member.foreign) {
            return std::nullopt;
        }
    }
    return count > 0 ? std::optional(sum / count) : std::nullopt;
}

bool is_what_we_want(const std::vector<Member>& present, std::size_t wanted) {
    const auto kept = std::ranges::count_if(present, &Member::chosen);
    const bool nothing_to_remove = std::ranges::all_of(
        present, [](const Member& member) { return member.foreign || member.chosen; });
    return nothing_to_remove && static_cast<std::size_t>(kept) == wanted;
}

std::string percent(double share) {
    return fmt::format("{:.0f} %", 100 * share);
}

std::string spell_errors(const SetComparison& comparison) {
    return fmt::format("expected error {} -> {}",
                       comparison.present_error ? spell(*comparison.present_error) : "infinite",
                       spell(*comparison.wanted_error));
}

bool is_better(const SetComparison& comparison, const GateSettings& settings) {
    return !comparison.present_error || (comparison.gain && *comparison.gain >= settings.gain);
}

/// The gate as if no leap second were near.
GateDecision decide_unfrozen(const SetComparison& comparison, int earlier_confirmations,
                             const GateSettings& settings) {
    const int need = std::max(1, settings.confirmations);
    if (!comparison.wanted_error) {
        return {.reason = "no acceptable set: " + comparison.refusal, .need = need};
    }
    if (comparison.same) {
        return {.reason = "the present set is the wanted one", .need = need};
    }
    if (!comparison.present_usable) {
        return {.change = true,
                .at_once = true,
                .reason = "due at once: " + comparison.present_fault,
                .have = 1,
                .need = 1};
    }
    const std::string errors = spell_errors(comparison);
    if (!is_better(comparison, settings)) {
        return {.reason = fmt::format("{}: the gain of {} is below the gate of {}", errors,
                                      percent(comparison.gain.value_or(0)), percent(settings.gain)),
                .need = need};
    }
    const int have = std::max(0, earlier_confirmations) + 1;
    return {.change = have >= need,
            .reason = fmt::format("{}, confirmed by {} of {} runs", errors, have, need),
            .have = have,
            .need = need};
}

/// Why the policy of NTS does not let the present set be; empty: it does. Members that gain or lose
/// NTS are the same servers, so no error is gained: what was asked for is due at once.
std::string nts_fault(std::span<const Candidate> candidates, const Selection& selection,
                      NtsPolicy policy, bool daemon_can) {
    const NtsChoice choice = choose_nts(candidates, selection.ensemble.members, policy, daemon_can);
    const auto is_present = [](const Candidate& it) {
        return it.membership != Membership::none && it.selectable;
    };
    const bool secure_there = std::ranges::any_of(candidates, [&](const Candidate& it) {
        return is_present(it) && it.source.authentication == Authentication::nts;
    });
    if (policy == NtsPolicy::require && !secure_there && choice.sources > 0)
        return "nts = require, and no present source is authenticated";
    int gain = 0, lose = 0;
    for (const std::size_t member : selection.ensemble.members) {
        const Candidate& it = candidates[member];
        if (it.membership != Membership::ours || !it.written) continue;
        const bool wanted = is_written_with_nts(it, choice, policy);
        const bool written = it.written == Authentication::nts;
        gain += wanted && !written;
        lose += !wanted && written;
    }
    if (gain > 0)
        return fmt::format("nts = {}: {} of the sources gain NTS", to_string(policy), gain);
    if (lose > 0)
        return fmt::format("nts = {}: {} of the sources lose NTS", to_string(policy), lose);
    return {};
}

/// Lines of ours that a rule has closed since: a plain one under `require`, a server of UT1.
std::string closed_fault(std::span<const Candidate> candidates) {
    const auto is_closed = [](const Candidate& it) {
        return it.membership == Membership::ours && !it.selectable;
    };
    const auto closed = std::ranges::count_if(candidates, is_closed);
    if (closed == 0) return {};
    return fmt::format("{} of our sources may not stay: {}", closed,
                       std::ranges::find_if(candidates, is_closed)->why_not_selectable);
}

}  // namespace

SetComparison compare(std::span<const Candidate> candidates, const Selection& selection,
                      const GateSettings& settings) {
    const auto present = present_set(candidates, selection);
    const Ensemble& wanted = selection.ensemble;

    SetComparison result;
    result.refusal = wanted.refusal;
    const std::string nts = nts_fault(candidates, selection, settings.nts, settings.daemon_has_nts);
    result.present_fault =
        present.empty() ? "there is no present set" : fault_of(present, settings);
    if (result.present_fault.empty()) result.present_fault = closed_fault(candidates);
    if (result.present_fault.empty()) result.present_fault = nts;
    result.present_usable = result.present_fault.empty();
    result.present_answers = std::ranges::any_of(present, &Member::answers);
    result.present_error = mean_error(present);
    if (!wanted.members.empty()) {
        result.same = nts.empty() && is_what_we_want(present, wanted.members.size());
        result.wanted_error = wanted.cost;
    }
    if (result.present_error && result.wanted_error && result.present_error->count() > 0) {
        result.gain = (*result.present_error - *result.wanted_error) / *result.present_error;
    }
    return result;
}

GateDecision decide(const SetComparison& comparison, int earlier_confirmations,
                    const GateSettings& settings) {
    GateDecision decision = decide_unfrozen(comparison, earlier_confirmations, settings);
    if (decision.change && !settings.freeze.empty() && comparison.present_answers) {
        decision.change = false;
        decision.frozen = true;
        decision.reason = fmt::format("{}; without that: {}", settings.freeze, decision.reason);
    }
    return decision;
}

}  // namespace clockwright
