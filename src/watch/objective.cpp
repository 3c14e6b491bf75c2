#include "watch/objective.h"

#include <fmt/format.h>

#include <cmath>

#include "time/spell.h"
#include "time/spell_up.h"

namespace clockwright {
namespace {

constexpr double enough = 0.9;  // of the period

/// What is asked of one preset.
struct Ground {
    const PeriodSummary& summary;
    const SourceQuality& sources;
    const Promptness& promptness;
};

struct Held {
    std::optional<bool> met;
    std::string measured = "-";
};

struct Preset {
    const char* name;
    const char* aim;
    Held (*hold)(const Ground&);
    /// Of the period must be demonstrated for it to be met; else it must be looked at.
    bool demonstrated = false;
};

/// A number of a distribution held below a limit.
Held below(const std::optional<Distribution>& numbers, double Distribution::* member,
           double limit) {
    if (!numbers) return {};
    const double value = (*numbers).*member;
    return {value < limit, spell(Seconds{value})};
}

/// Per cent, towards zero: 99.9996 % is not all.
std::string percent(double share) {
    return fmt::format("{:.3f} %", std::floor(share * 100'000) / 1000);
}

constexpr Preset presets[] = {
    {"offset_10ms", "|offset| always below 10 ms",
     [](const Ground& it) { return below(it.summary.offsets, &Distribution::most, 0.010); }, true},
    {"offset_mean_10ms", "mean |offset| below 10 ms",
     [](const Ground& it) { return below(it.summary.offsets, &Distribution::mean, 0.010); }, true},
    {"offset_50ms", "|offset| always below 50 ms",
     [](const Ground& it) { return below(it.summary.offsets, &Distribution::most, 0.050); }, true},
    {"bound_1s", "UTC always within ±1 s of the clock",
     [](const Ground& it) { return below(it.summary.bounds, &Distribution::most, 1); }, true},
    {"bound_kerberos", "UTC always within ±5 min (Kerberos)",
     [](const Ground& it) { return below(it.summary.bounds, &Distribution::most, 300); }, true},
    {"stratum_3", "servers of stratum 3 or better",
     [](const Ground& it) -> Held {
         const auto& worst = it.sources.worst_stratum;
         if (!worst) return {};
         return {*worst <= 3, fmt::format("worst {}", *worst)};
     }},
    {"jitter_5ms", "jitter of the servers below 5 ms",
     [](const Ground& it) -> Held {
         const auto& jitter = it.sources.jitter;
         if (!jitter) return {};
         return {*jitter < Seconds{0.005}, spell(*jitter)};
     }},
    {"reach_100", "every poll of the servers answered",
     [](const Ground& it) -> Held {
         if (it.sources.polls == 0 || !it.sources.losses_known) return {};
         return {it.sources.answered == it.sources.polls,
                 percent(static_cast<double>(it.sources.answered) / it.sources.polls)};
     }},
    {"synchronised_999", "demonstrated 99.9 % of the time",
     [](const Ground& it) -> Held {
         if (it.summary.demonstrated + it.summary.not_demonstrated <= Seconds{0}) return {};
         return {it.summary.synchronised() >= 0.999, percent(it.summary.synchronised())};
     }},
    {"recovery_1min", "demonstrated again within a minute",
     [](const Ground& it) -> Held {
         if (it.summary.demonstrated + it.summary.not_demonstrated <= Seconds{0}) return {};
         const auto longest = it.summary.longest_outage();
         if (!longest) return {true, "no outage"};
         const std::string told = "longest " + spell_age_up(*longest);
         if (*longest < Seconds{60} && it.summary.outage_cut)
             return {std::nullopt, told + ", seen in part"};
         return {*longest < Seconds{60}, told};
     }},
    {"alert_10min", "told within 10 min of being 5 s off",
     [](const Ground& it) -> Held {
         if (it.summary.demonstrated + it.summary.not_demonstrated <= Seconds{0}) return {};
         if (it.promptness.untold > 0)
             return {false, fmt::format("untold: {}", it.promptness.untold)};
         const auto& slowest = it.promptness.slowest;
         if (!slowest) return {true, "never so far off"};
         return {*slowest <= Seconds{600}, "slowest " + spell_age_up(*slowest)};
     },
     true},
    {"monitored", "the clock is looked at all the time",
     [](const Ground& it) -> Held {
         return {it.summary.coverage() >= 1, percent(it.summary.coverage())};
     }},
};

}  // namespace

std::vector<ObjectiveResult> hold_to_objectives(const PeriodSummary& summary,
                                                const SourceQuality& sources,
                                                const Promptness& promptness) {
    const Ground ground{summary, sources, promptness};
    std::vector<ObjectiveResult> results;
    for (const Preset& preset : presets) {
        Held held = preset.hold(ground);
        ObjectiveResult result{
            {preset.name, preset.aim}, ObjectiveAnswer::unknown, std::move(held.measured)};
        if (held.met == false) result.answer = ObjectiveAnswer::missed;
        const double known =
            preset.demonstrated ? summary.demonstrated_share() : summary.coverage();
        if (held.met == true && known >= enough) result.answer = ObjectiveAnswer::met;
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace clockwright
