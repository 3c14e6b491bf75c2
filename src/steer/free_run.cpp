#include "steer/free_run.h"

#include "steer/bound.h"

namespace clockwright {
namespace {

constexpr Seconds shortest{60}, longest{30 * 86400.0};

}  // namespace

FreeRun free_run(Seconds now, Seconds elapsed, std::span<const FrequencyPoint> record) {
    const auto wandered = wander(record, elapsed);
    const Ppm rate = wandered.value_or(Ppm{phi * 1e6});
    return {now + growth(elapsed, rate), rate, wandered.has_value()};
}

std::optional<Forecast> stays_within(Seconds limit, Seconds now,
                                     std::span<const FrequencyPoint> record) {
    std::optional<Forecast> within;
    for (Seconds length = shortest; length <= longest; length *= 1.25) {
        const FreeRun run = free_run(now, length, record);
        if (run.error > limit) break;
        within = Forecast{length, run.recorded};
    }
    return within;
}

}  // namespace clockwright
