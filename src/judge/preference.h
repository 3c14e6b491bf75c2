/// Whom a set would rather have: the order in which candidates are taken.
#pragma once

#include <span>
#include <tuple>
#include <vector>

#include "judge/ensemble.h"

namespace clockwright {

using Eligibles = std::span<const Eligible>;

/// Total, so that the order of the input never matters.
template <Seconds Eligible::* figure>
bool has_less(const Eligible* a, const Eligible* b) {
    const auto key = [](const Eligible& it) {
        return std::tie(it.*figure, it.ties.address, it.ties.port, it.ties.operator_name, it.index);
    };
    return key(*a) < key(*b);
}

std::vector<const Eligible*> by_cost(Eligibles eligible);

/// By cost; within `tie` of the best of them those that are there come first, then newcomers by
/// lot.
std::vector<const Eligible*> ranked(Eligibles eligible, const SetSettings& settings);

}  // namespace clockwright
