/// The median of values that do not count alike.
#pragma once

#include <vector>

namespace clockwright {

struct Weighted {
    double value = 0;
    double weight = 0;  ///< ≥ 0
};

/// The smallest value with more than half of the weight at or below it. Where exactly half of the
/// weight lies on either side it is the mean of the two values next to the gap, so that equal
/// weights give the common median. 0 without values or without weight.
double weighted_median(std::vector<Weighted> values);

}  // namespace clockwright
