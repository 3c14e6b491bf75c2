#include "publish/history_at.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ranges>

#include "time/spell.h"
#include "watch/held_look.h"

namespace clockwright {
namespace {

constexpr Seconds day = std::chrono::days(1);
constexpr Seconds usual_cycle{64};
constexpr double cycles_that_make_a_gap = 3;
constexpr Seconds length_of_hour = std::chrono::hours(1);

/// Where UTC less this clock lies.
struct Interval {
    double low = 0, high = 0;
};

bool is_demonstrated(const std::optional<ClockRow>& look) {
    return look && look->demonstrated && look->offset && look->bound;
}

/// `moved`: by how much the clock may have been moved since the look, or before it.
Interval interval_of(const ClockRow& look, WallTime at, double moved) {
    const double rate = std::max(phi, least_drift(look).value * 1e-6);
    const double drift = rate * std::abs(Seconds(at - look.at).count());
    const double reach = look.bound->count() + drift + moved;
    return {look.offset->count() - reach, look.offset->count() + reach};
}

/// By how much the clock was slewed and stepped from one neighbour to the other, when is not known.
double moved_between(const AtAnswer& answer) {
    const auto& before = answer.before;
    const auto& after = answer.after;
    double moved = after ? std::abs((*after->offset - *before->offset).count()) : 0;
    for (const EventRow& step : answer.steps)
        if (step.size && step.at >= before->at && (!after || step.at <= after->at))
            moved += std::abs(step.size->count());
    return moved;
}

/// Straight from one neighbour to the other; after the newest look that one.
double offset_between(const AtAnswer& answer) {
    const auto& before = answer.before;
    const auto& after = answer.after;
    if (!after) return before->offset->count();
    const double whole = Seconds(after->at - before->at).count();
    const double share = whole > 0 ? Seconds(answer.at - before->at).count() / whole : 0;
    return std::lerp(before->offset->count(), after->offset->count(), share);
}

void demonstrate(AtAnswer& answer) {
    const double moved = moved_between(answer);
    Interval both = interval_of(*answer.before, answer.at, moved);
    if (answer.after) {
        const Interval after = interval_of(*answer.after, answer.at, moved);
        both = {std::max(both.low, after.low), std::min(both.high, after.high)};
    }
    const double offset = std::clamp(offset_between(answer), both.low, both.high);
    answer.demonstrated = true;
    answer.offset = Seconds{offset};
    answer.bound = Seconds{std::max(offset - both.low, both.high - offset)};
}

/// The median distance of two looks.
Seconds cycle_of(const std::vector<ClockRow>& looks) {
    std::vector<Seconds> distances;
    for (std::size_t n = 1; n < looks.size(); ++n)
        distances.emplace_back(looks[n].at - looks[n - 1].at);
    if (distances.size() < 3) return usual_cycle;
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::ranges::nth_element(distances, middle);
    return *middle;
}

/// What explains that nobody measured; the more telling kinds first.
std::string reason_of(const AtFacts& facts, const Gap& gap) {
    for (const std::string_view kind : {"suspend", "boot", "agent", "daemon"})
        for (const EventRow& event : facts.events)
            if (event.kind == kind && (!gap.from || event.at >= *gap.from) &&
                (!gap.to || event.at <= *gap.to))
                return event.text;
    return {};
}

std::string gap_text(const Gap& gap) {
    std::string text = "no sample";
    if (gap.from && gap.to) {
        text += fmt::format(" between {} and {}", rfc3339(*gap.from), rfc3339(*gap.to));
    } else if (gap.from) {
        text += fmt::format(" after {}", rfc3339(*gap.from));
    } else if (gap.to) {
        text += fmt::format(" before {}", rfc3339(*gap.to));
    } else {
        text += " of this clock in the record";
    }
    if (!gap.reason.empty()) text += fmt::format(" ({})", printable(gap.reason));
    if (gap.reason.empty() && gap.from && gap.to)
        text += fmt::format(" ({}, the record does not tell why)",
                            spell_age(Seconds(*gap.to - *gap.from)));
    return text;
}

/// Both neighbours must be near; only the newest look of all may stand without one after it.
std::optional<Gap> gap_at(const AtFacts& facts, const AtAnswer& answer) {
    const Seconds most = cycles_that_make_a_gap * cycle_of(facts.looks);
    const auto& before = answer.before;
    const auto& after = answer.after;
    const bool near = before && after ? Seconds(after->at - before->at) <= most
                      : before        ? Seconds(answer.at - before->at) <= most
                                      : false;
    if (near) return std::nullopt;
    Gap gap;
    if (before) gap.from = before->at;
    if (after) gap.to = after->at;
    gap.reason = reason_of(facts, gap);
    return gap;
}

std::string sentence_of(const ClockRow& look) {
    constexpr std::string_view prefix = "Not demonstrated: ";
    std::string_view text = look.sentence;
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    while (text.ends_with('.')) text.remove_suffix(1);
    return text.empty() ? std::string("the look at it gave no bound") : std::string(text);
}

void take_hour(AtAnswer& answer, const RolledRow& hour) {
    answer.gap.reset();
    answer.by_the_hour = true;
    answer.looks_of_hour = hour.count;
    if (hour.lost > 0 || hour.count == 0 || !hour.least || !hour.most || !hour.bound_most) {
        answer.why_not =
            "in that hour this clock was not demonstrated all the time, and the raw "
            "rows are gone";
        return;
    }
    const double middle = (hour.least->count() + hour.most->count()) / 2;
    // As in the raw rows: no further from a look than makes a gap.
    const Seconds apart = cycles_that_make_a_gap * length_of_hour / hour.count;
    answer.demonstrated = true;
    answer.offset = Seconds{middle};
    answer.bound = Seconds{hour.most->count() - middle} + *hour.bound_most +
                   phi * std::min(apart, length_of_hour);
    answer.why_not.clear();
}

}  // namespace

AtAnswer answer_at(const AtFacts& facts) {
    AtAnswer answer;
    answer.at = facts.at;
    for (const ClockRow& look : facts.looks) {
        if (look.at <= facts.at)
            answer.before = look;
        else if (!answer.after)
            answer.after = look;
    }
    for (const EventRow& event : facts.events)
        if (event.kind == "step" && event.subject.empty() &&
            std::chrono::abs(event.at - facts.at) <= day)
            answer.steps.push_back(event);
    for (const ConfigurationChange& change : facts.changes)
        if (change.since <= facts.at) answer.configuration = change;
    answer.gap = gap_at(facts, answer);
    if (answer.gap) {
        answer.why_not = gap_text(*answer.gap);
        if (facts.hour) take_hour(answer, *facts.hour);
        return answer;
    }
    if (is_demonstrated(answer.before) && (!answer.after || is_demonstrated(answer.after)))
        demonstrate(answer);
    else
        answer.why_not =
            sentence_of(is_demonstrated(answer.before) ? *answer.after : *answer.before);
    return answer;
}

}  // namespace clockwright
