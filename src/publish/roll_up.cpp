#include "publish/roll_up.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>
#include <vector>

#include "steer/distribution.h"

namespace clockwright {
namespace {

using Numbers = std::vector<double>;

void summarise(RolledRow& row, Numbers& values) {
    if (values.empty()) return;
    std::ranges::sort(values);
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    const double mean = sum / static_cast<double>(values.size());
    row.least = Seconds{values.front()};
    row.most = Seconds{values.back()};
    // A sum may round to just outside.
    row.mean = Seconds{std::clamp(mean, values.front(), values.back())};
    row.median = Seconds{percentile(values, 0.5)};
    row.p95 = Seconds{percentile(values, 0.95)};
    row.p99 = Seconds{percentile(values, 0.99)};
}

}  // namespace

std::string_view to_string(Resolution resolution) {
    switch (resolution) {
        case Resolution::minute:
            return "minute";
        case Resolution::hour:
            return "hour";
        case Resolution::day:
            break;
    }
    return "day";
}

Seconds length_of(Resolution resolution) {
    switch (resolution) {
        case Resolution::minute:
            return std::chrono::minutes(1);
        case Resolution::hour:
            return std::chrono::hours(1);
        case Resolution::day:
            break;
    }
    return std::chrono::days(1);
}

WallTime beginning_of(Resolution resolution, WallTime at) {
    switch (resolution) {
        case Resolution::minute:
            return std::chrono::floor<std::chrono::minutes>(at);
        case Resolution::hour:
            return std::chrono::floor<std::chrono::hours>(at);
        case Resolution::day:
            break;
    }
    return std::chrono::floor<std::chrono::days>(at);
}

RolledRow roll_up(WallTime at, std::string server, std::span<const Polled> polls) {
    RolledRow row;
    row.at = at;
    row.server = std::move(server);
    Numbers values, delays;
    for (const Polled& poll : polls) {
        ++(poll.lost ? row.lost : row.count);
        if (poll.value) values.push_back(poll.value->count());
        if (poll.delay) delays.push_back(poll.delay->count());
        if (poll.bound)
            row.bound_most = std::max(row.bound_most.value_or(*poll.bound), *poll.bound);
    }
    summarise(row, values);
    if (delays.empty()) return row;
    std::ranges::sort(delays);
    row.delay_least = Seconds{delays.front()};
    row.delay_median = Seconds{percentile(delays, 0.5)};
    return row;
}

}  // namespace clockwright
