/// Ways to choose servers from one scan: ours, and what hosts have today.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "judge/selection.h"

namespace clockwright::worlds {

using Members = std::vector<std::size_t>;

struct Strategy {
    std::string name;
    Members (*choose)(std::span<const Candidate> candidates, const Selection& selection,
                      std::uint64_t seed);
};

/// The first is "random 4", which the others are compared with; the last is ours.
const std::vector<Strategy>& strategies();

}  // namespace clockwright::worlds
