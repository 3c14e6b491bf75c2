/// What is wrong with the sources as a whole, though each may look well (rules H-1, H-3, H-4,
/// H-33).
#pragma once

#include <span>
#include <vector>

#include "judge/selection.h"

namespace clockwright {

/// Most dangerous first: falsetickers that agree among themselves; a majority
/// that one operator, network or upstream carries alone; smear classes mixed in the present set;
/// leap flags that differ; a present set (or, without one, a chosen set) with one point of failure.
/// `ties`: one per candidate, same order.
std::vector<Hazard> hazards_of(std::span<const Candidate> candidates, std::span<const Ties> ties,
                               const Selection& selection, TrustDomain domain);

}  // namespace clockwright
