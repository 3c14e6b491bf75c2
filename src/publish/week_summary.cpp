#include "publish/week_summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "time/spell.h"
#include "watch/notice_class.h"

namespace clockwright {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_named = 5;
constexpr double worth_telling = 0.01;  // share of polls lost

struct Polls {
    int answered = 0, lost = 0;

    double share_lost() const {
        return answered + lost == 0 ? 0 : static_cast<double>(lost) / (answered + lost);
    }
};

/// Rounded down: never better than it was.
std::string percent(double share) {
    return fmt::format("{:.2f} %", std::floor(share * 1e4) / 100);
}

std::string clock_text(const std::vector<RolledRow>& hours) {
    Polls looks;
    std::optional<Seconds> farthest, bound;
    for (const RolledRow& hour : hours) {
        looks.answered += hour.count;
        looks.lost += hour.lost;
        for (const auto& end : {hour.least, hour.most})
            if (end && (!farthest || abs(*end) > abs(*farthest))) farthest = end;
        if (hour.bound_most && (!bound || *hour.bound_most > *bound)) bound = hour.bound_most;
    }
    if (looks.answered == 0) return "nothing showed that this clock was right";
    std::string text = fmt::format("this clock was demonstrated in {} of the looks",
                                   percent(1 - looks.share_lost()));
    if (bound) text += ", UTC within ±" + spell_bound(*bound) + " at worst";
    if (farthest) text += ", at most " + spell_signed(*farthest) + " to be added";
    return text;
}

/// "clock_error 3 times, ntp …": the most frequent first.
std::string alerts_text(const std::vector<AlertRow>& alerts) {
    std::map<std::string, int> fired;
    for (const AlertRow& alert : alerts) {
        const std::string who = alert.subject.empty() ? "" : fmt::format(" ({})", alert.subject);
        if (alert.state == AlertState::firing) ++fired[alert.rule + who];
    }
    if (fired.empty()) return "no alert fired";
    std::vector<std::pair<std::string, int>> most(fired.begin(), fired.end());
    std::ranges::stable_sort(most, std::ranges::greater{}, &std::pair<std::string, int>::second);
    std::vector<std::string> told;
    for (const auto& [rule, times] : most) {
        if (told.size() == most_named) break;
        told.push_back(times == 1 ? rule : fmt::format("{} {} times", rule, times));
    }
    return fmt::format("alerts: {}{}", fmt::join(told, ", "),
                       most.size() > most_named ? ", …" : "");
}

std::string events_text(const std::vector<EventRow>& events) {
    const auto times = [&](std::string_view kind) {
        return std::ranges::count(events, kind, &EventRow::kind);
    };
    return fmt::format("changes of servers: {}; steps of this clock: {}", times("change"),
                       times("step"));
}

/// Those that lost the most polls; empty when all answered well.
std::string servers_text(const std::vector<RolledRow>& hours) {
    std::map<std::string, Polls> all;
    for (const RolledRow& hour : hours) {
        all[hour.server].answered += hour.count;
        all[hour.server].lost += hour.lost;
    }
    std::vector<std::pair<double, std::string>> worst;
    for (const auto& [server, polls] : all)
        if (polls.share_lost() >= worth_telling) worst.emplace_back(polls.share_lost(), server);
    std::ranges::sort(worst, std::ranges::greater{});
    if (worst.empty()) return fmt::format("{} servers answered", all.size());
    worst.resize(std::min(worst.size(), most_named));
    std::vector<std::string> told;
    for (const auto& [share, server] : worst)
        told.push_back(
            fmt::format("{} lost {:.0f} % of its polls", server, std::ceil(share * 100)));
    return fmt::format("of {} servers {}", all.size(), fmt::join(told, ", "));
}

}  // namespace

WallTime week_ends(WallTime now) {
    constexpr auto monday_at_six = 4 * 24h + 6h;  // of the week that began with 1970
    const auto since = now.time_since_epoch() - monday_at_six;
    return WallTime{std::chrono::floor<std::chrono::weeks>(since) + monday_at_six};
}

Alert week_summary(const WeekFacts& facts) {
    Alert alert;
    alert.rule = week_rule;
    alert.severity = AlertSeverity::info;
    alert.state = AlertState::firing;
    alert.since = facts.from;
    alert.changed = facts.to;
    alert.text = fmt::format("from {} to {} {}; {}; {}; {}", rfc3339(facts.from), rfc3339(facts.to),
                             clock_text(facts.clock), servers_text(facts.servers),
                             alerts_text(facts.alerts), events_text(facts.events));
    alert.advice = "clockwright history alerts --since 7d";
    return alert;
}

}  // namespace clockwright
