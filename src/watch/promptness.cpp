#include "watch/promptness.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace clockwright {
namespace {

bool reaches(const std::optional<Seconds>& offset, Seconds far) {
    return offset && std::abs(offset->count()) >= far.count();
}

bool is_of_the_clock(const AlertRow& alert) {
    return alert.subject.empty() &&
           (alert.rule.starts_with("clock_") || alert.rule.starts_with("quorum_") ||
            alert.rule.starts_with("not_demonstrated"));
}

/// When somebody was told, of a clock that is far off from `from` to `to`.
std::optional<WallTime> told_at(std::span<const AlertRow> alerts, WallTime from, WallTime to) {
    std::map<std::string, bool> firing;
    for (const AlertRow& alert : alerts) {
        if (alert.at > to) break;
        if (!is_of_the_clock(alert)) continue;
        const bool begins = alert.state == AlertState::firing;
        if (alert.at >= from && begins) return alert.at;
        if (alert.at < from) firing[alert.rule] = begins;
    }
    const bool was_open =
        std::ranges::any_of(firing, [](const auto& entry) { return entry.second; });
    return was_open ? std::optional(from) : std::nullopt;
}

}  // namespace

Promptness promptness_of(std::span<const ClockRow> looks, std::span<const AlertRow> alerts,
                         Seconds far) {
    Promptness promptness;
    for (std::size_t i = 0; i < looks.size(); ++i) {
        const auto is_far = [&](const ClockRow& look) {
            return reaches(look.offset, far) || reaches(look.consensus, far);
        };
        if (!is_far(looks[i]) || (i > 0 && is_far(looks[i - 1]))) continue;
        std::size_t end = i;
        while (end < looks.size() && is_far(looks[end])) ++end;
        ++promptness.times;
        const WallTime to = end < looks.size() ? looks[end].at : looks.back().at;
        if (const auto told = told_at(alerts, looks[i].at, to))
            promptness.slowest =
                std::max(promptness.slowest.value_or(Seconds{0}), Seconds(*told - looks[i].at));
        else
            ++promptness.untold;
    }
    return promptness;
}

}  // namespace clockwright
