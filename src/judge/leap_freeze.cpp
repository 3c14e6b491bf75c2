#include "judge/leap_freeze.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::chrono::hours freeze{24};

WallTime corrected(WallTime now, const Consensus& consensus) {
    constexpr Seconds century{100 * 365.25 * 86'400};  // beyond it nothing is known, or in range
    const bool known =
        consensus.majority && consensus.offset < century && consensus.offset > -century;
    return known ? now + to_nanoseconds(consensus.offset) : now;
}

}  // namespace

std::string freeze_reason(const LeapTable& table, WallTime now, const Selection& selection) {
    const WallTime right = corrected(now, selection.consensus);
    if (const auto leap = table.leap_within(right, freeze)) {
        return fmt::format("frozen within 24 h of the leap second before {}", rfc3339(*leap));
    }
    if (const auto untold = table.untold_within(right, freeze)) {
        return fmt::format(
            "frozen within 24 h of {}: the table of leap seconds expired at {}, so nobody knows "
            "whether there is one then",
            rfc3339(*untold), rfc3339(table.expires));
    }
    const auto announces = [](const Assessment& it) {
        return is_judged(it.verdict) &&
               (it.stats->leap == Leap::insert || it.stats->leap == Leap::remove);
    };
    const auto count = std::ranges::count_if(selection.assessments, announces);
    if (count >= 2 && 2 * count > selection.consensus.judged) {
        return fmt::format("frozen: {} of {} servers announce a leap second", count,
                           selection.consensus.judged);
    }
    return {};
}

}  // namespace clockwright
