#include "watch/clock_ledger.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "steer/likely_cause.h"
#include "steer/rate_jump.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using namespace std::chrono_literals;

constexpr double drift_at_most = 500e-6, step_margin = 1.1;
constexpr Seconds least_pause{0.010};

std::string names_of(const std::vector<ClockProgram>& hands) {
    std::vector<std::string> names;
    for (const ClockProgram& hand : hands)
        names.push_back(fmt::format("{} ({})", printable(hand.name), hand.pid));
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string ClockLedger::stepped(const Now& now, Seconds by) {
    step_ = {now.steady, by};
    std::string text =
        fmt::format("this clock was set {} by {}, from {} to {}",
                    by > Seconds{0} ? "forward" : "back", spell(Seconds{std::abs(by.count())}),
                    rfc3339(now.wall - to_nanoseconds(by), true), rfc3339(now.wall, true));
    if (const auto cause = likely_cause(by); !cause.empty())
        text += fmt::format("; of that size is {}", cause);
    if (!last_) return text;
    return text + (last_->hands.empty() ? "; no program is known that keeps it: somebody by hand?"
                                        : "; who may set it: " + names_of(last_->hands));
}

std::vector<LedgerEntry> ClockLedger::look(const Now& now, const LedgerLook& look) {
    std::vector<LedgerEntry> entries;
    if (last_) {
        if (!look.clocksource.empty() && !last_->clocksource.empty() &&
            look.clocksource != last_->clocksource) {
            clocksource_changed_ = now.steady;
            entries.push_back(
                {"clocksource",
                 fmt::format("the kernel counts time by {} now, by {} before",
                             printable(look.clocksource), printable(last_->clocksource)),
                 {}});
        }
        compare_hands(now, look, entries);
        compare_quorum(now, look, entries);
    }
    compare_rate(now, look, entries);
    last_ = look;
    last_at_ = now.steady;
    return entries;
}

void ClockLedger::compare_hands(const Now& now, const LedgerLook& look,
                                std::vector<LedgerEntry>& out) {
    while (!restarts_.empty() && now.steady - restarts_.front() >= 1h) restarts_.pop_front();
    const auto runs = [](const std::vector<ClockProgram>& hands, const ClockProgram& hand) {
        return std::ranges::find(hands, hand.pid, &ClockProgram::pid) != hands.end();
    };
    for (const ClockProgram& hand : look.hands) {
        if (runs(last_->hands, hand)) continue;
        // Of several with one name it follows the one that is gone.
        const auto before = std::ranges::find_if(last_->hands, [&](const ClockProgram& one) {
            return one.name == hand.name && !runs(look.hands, one);
        });
        if (before == last_->hands.end()) continue;
        restarts_.push_back(now.steady);
        out.push_back({"restart",
                       fmt::format("{} was started anew, as {} instead of {}", printable(hand.name),
                                   hand.pid, before->pid),
                       {}});
    }
    if (look.hands.size() > 1 && look.hands.size() > last_->hands.size())
        out.push_back({"hands",
                       fmt::format("{} programs move this clock: {}", look.hands.size(),
                                   names_of(look.hands)),
                       {}});
}

void ClockLedger::compare_rate(const Now& now, const LedgerLook& look,
                               std::vector<LedgerEntry>& out) {
    if (!look.frequency) return;
    while (!rates_.empty() && now.steady - rates_.front().first > 61min) rates_.pop_front();
    bool jumped = false;
    for (const auto& [at, rate] : rates_) {
        const double change = look.frequency->value - rate.value;
        if (at < jumped_ || now.steady - at > 1h || std::abs(change) <= least_jump.value) continue;
        out.push_back({"frequency",
                       fmt::format("the rate of this clock is corrected by {:+.1f} ppm instead of "
                                   "{:+.1f}: another clock source, heat, or a virtual machine that "
                                   "was moved",
                                   look.frequency->value, rate.value),
                       {}});
        jumped = true;
        jumped_ = now.steady;
        break;
    }
    if (jumped || rates_.empty() || now.steady - rates_.back().first >= 1min)
        rates_.emplace_back(now.steady, *look.frequency);
}

void ClockLedger::compare_quorum(const Now& now, const LedgerLook& look,
                                 std::vector<LedgerEntry>& out) {
    if (!look.quorum || !last_->quorum) return;
    const auto& [offset, bound] = *look.quorum;
    const auto& [before, bound_before] = *last_->quorum;
    const Seconds behind = offset - before;
    Seconds explained =
        least_pause + bound + bound_before + drift_at_most * Seconds(now.steady - last_at_);
    if (step_ && now.steady - step_->first < 1h)
        explained += step_margin * Seconds{std::abs(step_->second.count())};
    // A slew towards right also moves the offset; only what makes this clock slower still counts.
    if (behind <= explained || offset <= Seconds{0}) return;
    const bool slept = slept_ && now.steady - *slept_ < 1h;
    if (!slept) pause_ = {now.steady, behind};
    out.push_back({"pause",
                   fmt::format("this clock fell behind all servers by {} without being set: {}",
                               spell(behind),
                               slept ? "what it lost while this host was suspended"
                                     : "a virtual machine that was paused or moved"),
                   -behind});
}

Seconds ClockLedger::stepped(SteadyTime now) const {
    return step_ && now - step_->first < 5min ? step_->second : Seconds{0};
}

std::optional<Ppm> ClockLedger::rate_hour_ago(SteadyTime now) const {
    if (rates_.empty() || now - rates_.front().first < 50min) return std::nullopt;
    return rates_.front().second;
}

Seconds ClockLedger::stood_still(SteadyTime now) const {
    return pause_ && now - pause_->first < 5min ? pause_->second : Seconds{0};
}

bool ClockLedger::changed_clocksource(SteadyTime now) const {
    return clocksource_changed_ && now - *clocksource_changed_ < 1h;
}

int ClockLedger::restarts(SteadyTime now) const {
    return static_cast<int>(
        std::ranges::count_if(restarts_, [now](SteadyTime at) { return now - at < 1h; }));
}

}  // namespace clockwright
