#include "judge/weighted_median.h"

#include <algorithm>
#include <cstddef>

namespace clockwright {

double weighted_median(std::vector<Weighted> values) {
    std::erase_if(values, [](const Weighted& it) { return !(it.weight > 0); });
    if (values.empty()) {
        return 0;
    }
    std::ranges::sort(values, {}, &Weighted::value);
    double total = 0;
    for (const Weighted& it : values) {
        total += it.weight;
    }
    // "Exactly half" must not depend on how the sums were rounded.
    constexpr double rounding = 1e-12;
    const double half = total / 2;
    double below = 0;
    for (std::size_t i = 0; i + 1 < values.size(); ++i) {
        below += values[i].weight;
        if (below > half * (1 + rounding)) {
            return values[i].value;
        }
        if (below >= half * (1 - rounding)) {
            return (values[i].value + values[i + 1].value) / 2;
        }
    }
    return values.back().value;
}

}  // namespace clockwright
