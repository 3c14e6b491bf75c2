#include "watch/held_look.h"

#include <algorithm>
#include <cmath>

#include "daemon/daemon_kind.h"
#include "steer/bound.h"
#include "steer/wander.h"

namespace clockwright {
namespace {

constexpr double longest_hold = 3;  // usual distances
constexpr Seconds longest{3600};
constexpr Seconds usual_without_record{64};
constexpr Ppm best_crystal{1};           // chronyd's maxclockerror: no crystal is better for sure
constexpr Seconds updated_within{1800};  // each poll of a daemon that steers moves the rate
constexpr std::size_t near = 3;          // distances on either side: a single gap is not the usual

/// Of an even number the lesser of the two in the middle.
Seconds lower_median(std::span<const Seconds> distances) {
    std::vector<Seconds> sorted(distances.begin(), distances.end());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>((sorted.size() - 1) / 2);
    std::ranges::nth_element(sorted, middle);
    return *middle;
}

/// Of the looks before this one, or of those after it: there the agent may have another mode.
Seconds usual_distance(std::span<const Seconds> distances, std::size_t look) {
    const std::size_t before = std::min(near, look);
    const std::size_t after = std::min(near, distances.size() - look);
    if (before == 0 && after == 0) return usual_without_record;
    if (before == 0) return lower_median(distances.first(after));
    const Seconds usual = lower_median(distances.subspan(look - before, before));
    if (after < near) return usual;
    return std::max(usual, lower_median(distances.subspan(look, after)));
}

std::optional<Ppm> recorded_drift(std::span<const ClockRow> looks) {
    std::vector<SteeredLook> steered;
    for (const ClockRow& look : looks)
        if (look.demonstrated && look.frequency)
            steered.push_back({look.at, look.offset.value_or(Seconds{}), *look.frequency});
    return wander(updates_of(steered), longest);
}

}  // namespace

Ppm least_drift(const ClockRow& look) {
    if (look.daemon == no_daemon_word) return undisciplined;
    return look.daemon == to_string(DaemonKind::openntpd) ? slewing : Ppm{};
}

HeldLooks hold(std::span<const ClockRow> looks, const Period& period) {
    std::vector<Seconds> distances;
    for (std::size_t i = 1; i < looks.size(); ++i)
        distances.emplace_back(looks[i].at - looks[i - 1].at);
    const auto recorded = recorded_drift(looks);
    HeldLooks held{
        {}, std::max(recorded.value_or(Ppm{phi * 1e6}), best_crystal), recorded.has_value()};
    WallTime free = period.from, updated;
    for (std::size_t i = 0; i < looks.size() && looks[i].at < period.to; ++i) {
        const ClockRow& look = looks[i];
        if (i == 0 || look.frequency != looks[i - 1].frequency) updated = look.at;
        // In holdover an hour's straying says little of what comes after many.
        const bool holdover = look.frequency && look.at - updated > updated_within;
        Ppm drift = holdover ? std::max(held.drift, Ppm{phi * 1e6}) : held.drift;
        drift = std::max(drift, least_drift(look));
        const Seconds most = std::min(longest_hold * usual_distance(distances, i), longest);
        WallTime to = std::min(look.at + to_nanoseconds(most), period.to);
        if (i + 1 < looks.size()) to = std::min(to, looks[i + 1].at);
        const WallTime from = std::max(look.at, free);
        if (to <= from) continue;
        HeldLook one{&look, {from, to}, {}};
        if (look.demonstrated && look.offset && look.bound)
            one.bound = *look.bound + growth(to - look.at, drift);
        held.looks.push_back(one);
        free = to;
    }
    return held;
}

std::optional<Seconds> least_error(const ClockRow& look) {
    std::optional<Seconds> least;
    if (look.demonstrated && look.offset && look.bound)
        least = Seconds{std::abs(look.offset->count())};
    if (!look.consensus || !look.consensus_bound) return least;
    const Seconds sure = Seconds{std::abs(look.consensus->count())} - *look.consensus_bound;
    return sure > Seconds{0} ? std::max(least.value_or(sure), sure) : least;
}

}  // namespace clockwright
