#include "judge/consensus.h"

#include <algorithm>
#include <cmath>

#include "judge/weighted_median.h"

namespace clockwright {
namespace {

double weight_of(const Opinion& opinion) {
    constexpr Seconds least_distance{1e-9};  // a weight must stay finite
    return 1 / std::max(opinion.distance, least_distance).count();
}

Seconds apart(const Opinion& one, const Opinion& other) {
    return Seconds{std::abs((one.offset - other.offset).count())};
}

/// Can the path of `far` alone explain that it disagrees with `near`?
bool contradicts(const Opinion& far, const Opinion& near) {
    return apart(far, near) > far.delay / 2 + near.distance;
}

bool is_outvoted(const Opinion& near, std::span<const Opinion> opinions) {
    int far = 0, against = 0, confirming = 0;
    for (const Opinion& it : opinions) {
        if (it.near) {
            confirming += apart(it, near) <= it.distance + near.distance;  // itself too
        } else {
            ++far;
            against += contradicts(it, near);
        }
    }
    return against > confirming && 4 * against > far;
}

}  // namespace

Weighing weigh(std::span<const Opinion> opinions) {
    Weighing result;
    const auto near = std::ranges::count_if(opinions, &Opinion::near);
    result.shared = near > 0 && static_cast<std::size_t>(near) < opinions.size();
    double heaviest = 0, sum = 0;
    std::vector<Weighted> all, far;
    for (const Opinion& it : opinions) {
        result.contradicted.push_back(result.shared && it.near && is_outvoted(it, opinions));
        if (it.near) continue;
        heaviest = std::max(heaviest, weight_of(it));
        sum += weight_of(it);
        far.push_back({it.offset.count(), weight_of(it)});
    }
    const double share = result.shared ? heaviest / sum : 1;
    for (std::size_t i = 0; i < opinions.size(); ++i) {
        if (result.contradicted[i]) continue;
        all.push_back(
            {opinions[i].offset.count(), weight_of(opinions[i]) * (opinions[i].near ? 1 : share)});
    }
    result.offset = Seconds{weighted_median(std::move(all))};
    result.far_offset = Seconds{weighted_median(std::move(far))};
    return result;
}

}  // namespace clockwright
