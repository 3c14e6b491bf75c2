#include "watch/alert_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace clockwright {
namespace {

constexpr std::chrono::hours turns_are_kept{1};
/// Evaluations on end without a word of a subject: then it is watched no more.
constexpr int unseen_is_gone = 3;
/// So few turns within an hour, and a flapping alert is calm.
constexpr std::size_t calm_turns = 2;

void turn(AlertEntry& entry, SteadyTime now) {
    entry.turns.push_back(now);
}

void forget_turns(AlertEntry& entry, SteadyTime now) {
    std::erase_if(entry.turns, [now](SteadyTime at) { return now - at >= turns_are_kept; });
}

/// The alert as people see it.
Alert shown(const AlertEntry& entry) {
    Alert alert = entry.alert;
    if (entry.flapping) {
        alert.text +=
            fmt::format("; it changed {} times within an hour and stays firing until it is calm",
                        entry.turns.size());
    }
    return alert;
}

void enter(AlertEntry& entry, AlertState state, Now now, AlertNews& news) {
    entry.alert.state = state;
    entry.alert.changed = now.wall;
    news.changes.push_back(shown(entry));
}

void begin(AlertEntry& entry, Now now, AlertNews& news) {
    entry.alert.since = now.wall;
    entry.began = now.steady;
    entry.held = entry.calm = 0;
    entry.good = entry.flapping = entry.told_flapping = false;
    enter(entry, AlertState::pending, now, news);
}

void fire(AlertEntry& entry, Now now, AlertNews& news) {
    entry.calm = 0;
    turn(entry, now.steady);
    entry.flapping = entry.turns.size() > most_turns_an_hour;
    enter(entry, AlertState::firing, now, news);
}

/// The condition does not hold in this evaluation.
void calm_down(AlertEntry& entry, int samples, Now now, AlertNews& news) {
    entry.held = 0;
    ++entry.calm;
    if (entry.alert.state == AlertState::pending) {
        enter(entry, AlertState::resolved, now, news);
        return;
    }
    if (!entry.good && entry.calm >= samples) {
        entry.good = true;
        turn(entry, now.steady);
        entry.flapping = entry.flapping || entry.turns.size() > most_turns_an_hour;
    }
    if (entry.flapping) entry.flapping = entry.turns.size() > calm_turns;
    if (entry.good && !entry.flapping) enter(entry, AlertState::resolved, now, news);
}

/// The condition holds in this evaluation of a firing alert.
void go_on(AlertEntry& entry, SteadyTime now) {
    entry.calm = 0;
    if (std::exchange(entry.good, false)) turn(entry, now);
}

bool is_more_important(const AlertNotice& one, const AlertNotice& other) {
    return one.alert.severity > other.alert.severity;
}

}  // namespace

AlertNews AlertBook::step(Now now, std::span<const Rule> rules, std::span<const Fact> facts,
                          std::span<const Silence> silences) {
    AlertNews news;
    const FactTable table(facts);
    for (auto& [key, entry] : entries_) ++entry.unseen;
    for (const Rule& rule : rules) {
        const auto first = entries_.lower_bound(ByRule::Key(rule.name, {}));
        const bool known = first != entries_.end() && first->first.first == rule.name;
        if (!is_of_server(rule)) {
            judge(rule, {}, known, table, now, news);
            continue;
        }
        for (const std::string_view server : table.servers()) {
            if (rule.server.empty() || is_about(rule.server, server))
                judge(rule, server, known, table, now, news);
        }
    }
    end_unjudged(rules, table, now, news);
    hide_degrees();
    tell(now, silences, news);
    forget_old(now.steady);
    return news;
}

/// `known`: the book has alerts of this rule; of most it has none.
void AlertBook::judge(const Rule& rule, std::string_view subject, bool known,
                      const FactTable& facts, Now now, AlertNews& news) {
    const auto found = known ? entries_.find(ByRule::Key(rule.name, subject)) : entries_.end();
    const bool open = found != entries_.end() && found->second.alert.state != AlertState::resolved;
    const bool firing = open && found->second.alert.state == AlertState::firing;
    const Truth truth = evaluate(rule, subject, facts, firing);
    if (!open && truth != Truth::yes) return;
    AlertEntry& entry = entries_[{rule.name, std::string(subject)}];
    entry.unseen = 0;
    entry.family = rule.family;
    entry.alert.rule = rule.name;
    entry.alert.subject = subject;
    entry.alert.severity = rule.severity;
    entry.alert.hazard = rule.hazard;
    entry.alert.advice = advice_of(rule, subject);
    forget_turns(entry, now.steady);
    if (truth == Truth::unknown) return;
    if (truth == Truth::no) return calm_down(entry, rule.samples, now, news);
    entry.alert.text = message_of(rule, subject, facts);
    if (firing) return go_on(entry, now.steady);
    if (!open) begin(entry, now, news);
    ++entry.held;
    const bool long_enough =
        entry.held >= rule.samples && Seconds{now.steady - entry.began} >= rule.hold;
    if (!long_enough || (rule.quiet_after_start && is_quiet(now.steady))) return;
    fire(entry, now, news);
}

void AlertBook::end_unjudged(std::span<const Rule> rules, const FactTable& facts, Now now,
                             AlertNews& news) {
    for (auto& [key, entry] : entries_) {
        if (entry.unseen == 0 || entry.alert.state == AlertState::resolved) continue;
        const auto rule = std::ranges::find(rules, entry.alert.rule, &Rule::name);
        const bool seen = std::ranges::binary_search(facts.servers(), entry.alert.subject);
        const bool waits = !seen && (entry.unseen < unseen_is_gone || is_quiet(now.steady));
        if (rule != rules.end() && waits) continue;
        entry.alert.text += rule == rules.end() ? "; its rule is gone" : "; it is watched no more";
        entry.flapping = false;
        if (entry.alert.state == AlertState::firing && !entry.good) turn(entry, now.steady);
        enter(entry, AlertState::resolved, now, news);
    }
}

void AlertBook::hide_degrees() {
    std::map<std::pair<std::string_view, std::string_view>, AlertSeverity> highest;
    for (const auto& [key, entry] : entries_) {
        if (entry.alert.state != AlertState::firing) continue;
        AlertSeverity& most = highest[{entry.family, entry.alert.subject}];
        most = std::max(most, entry.alert.severity);
    }
    for (auto& [key, entry] : entries_) {
        const auto found = highest.find({entry.family, entry.alert.subject});
        entry.hidden = found != highest.end() && entry.alert.severity < found->second;
    }
}

void AlertBook::tell(Now now, std::span<const Silence> silences, AlertNews& news) {
    for (auto& [key, entry] : entries_) {
        Alert& alert = entry.alert;
        if (alert.state == AlertState::resolved) {
            // Also while it is silenced: who was told that it fires is told that it does no more.
            if (std::exchange(entry.told, false))
                news.notices.push_back({shown(entry), NoticeKind::ended});
            continue;
        }
        alert.silenced = silence_of(silences, alert, now.wall) != nullptr;
        if (alert.state != AlertState::firing || alert.silenced || entry.hidden) continue;
        const bool again = settings_.repeat.count() > 0 && !is_quiet(now.steady) &&
                           Seconds{now.steady - entry.told_at} >= settings_.repeat;
        const bool flaps = entry.flapping && !entry.told_flapping;
        if (entry.told && !flaps && !again) continue;
        news.notices.push_back({shown(entry), flaps         ? NoticeKind::flapping
                                              : !entry.told ? NoticeKind::began
                                                            : NoticeKind::repeated});
        entry.told = true;
        entry.told_flapping = entry.flapping;
        entry.told_at = now.steady;
    }
    std::ranges::stable_sort(news.notices, is_more_important);
}

void AlertBook::forget_old(SteadyTime now) {
    for (auto& [key, entry] : entries_) forget_turns(entry, now);
    std::erase_if(entries_, [](const auto& item) {
        return item.second.alert.state == AlertState::resolved && item.second.turns.empty();
    });
}

void AlertBook::restore(Entries entries) {
    entries_ = std::move(entries);
    for (auto& [key, entry] : entries_) entry.held = entry.calm = entry.unseen = 0;
}

std::vector<Alert> AlertBook::open() const {
    std::vector<Alert> open;
    for (const auto& [key, entry] : entries_) {
        if (entry.alert.state != AlertState::resolved && !entry.hidden)
            open.push_back(shown(entry));
    }
    std::ranges::stable_sort(open, [](const Alert& one, const Alert& other) {
        return one.severity != other.severity ? one.severity > other.severity
                                              : one.since < other.since;
    });
    return open;
}

}  // namespace clockwright
