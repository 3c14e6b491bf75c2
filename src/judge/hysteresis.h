/// When a better set is worth a change: the gate (product.md, *Choice and gate*).
#pragma once

#include <optional>
#include <span>
#include <string>

#include "judge/nts_policy.h"
#include "judge/selection.h"

namespace clockwright {

struct GateSettings {
    double gain = 0.15;     ///< the least share of the present error that a change must save
    int confirmations = 2;  ///< runs in a row that must find the better set, the last one counted
    int minimum = 4;
    TrustDomain domain = TrustDomain::public_internet;
    NtsPolicy nts = NtsPolicy::prefer;
    bool daemon_has_nts = true;  ///< false: it could not be written, so nothing is due for it
    std::string freeze = {};  ///< why nothing may be switched now (`freeze_reason`); empty: nothing
};

/// The present set against the wanted one, in one run.
struct SetComparison {
    bool same = false;             ///< nothing to add and nothing to remove
    bool present_usable = false;   ///< ≥ minimum truechimers, S-4, L-3 and the policy of NTS kept
    std::string present_fault;     ///< why the present set is not usable; empty when it is
    bool present_answers = false;  ///< at least one present source could be judged
    std::string refusal;           ///< why there is no wanted set; empty when there is one
    /// Expected errors as the profile weighs them; of the present: empty when infinite, or no set.
    std::optional<Seconds> present_error;
    std::optional<Seconds> wanted_error;
    std::optional<double> gain;  ///< (present − wanted)/present; empty when it cannot be said
};

/// Members that are no truechimers make a mean infinite, but a foreign one that stays counts in
/// neither. Membership and the chosen set are read from candidates and selection. What foreign
/// sources alone do against S-4 is no fault of the present set: no change of ours would cure it.
SetComparison compare(std::span<const Candidate> candidates, const Selection& selection,
                      const GateSettings& settings);

struct GateDecision {
    bool change = false;
    bool at_once = false;  ///< due because the present set may not stay, not for a gain
    bool frozen = false;   ///< a change is due, and must wait for the leap second to pass
    std::string reason;
    int have = 0, need = 0;  ///< confirmations, the run in hand counted; need 1: due at once
};

/// A freeze holds whatever disagrees: around a leap second those who smear and those who do not
/// call each other falsetickers. It yields only when no present source answers at all, or there is
/// none: then nothing is switched, but something is had. `earlier_confirmations`: how many runs
/// directly before this one found the same better set. An infinite present error is beaten by any
/// set; confirmations apply all the same while it is usable.
GateDecision decide(const SetComparison& comparison, int earlier_confirmations,
                    const GateSettings& settings);

}  // namespace clockwright
