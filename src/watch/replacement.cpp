#include "watch/replacement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr Seconds day{86400};
constexpr int longest_limit = 30;  // days
constexpr std::size_t most_not_held = 32;

/// 1, 2, 4, … for the first, the second, … time.
double doubled(int times) {
    return std::pow(2, std::clamp(times, 1, 6) - 1);
}

int replaced_within(const std::vector<Replaced>& memory, WallTime now, Seconds span) {
    return static_cast<int>(std::ranges::count_if(
        memory, [&](const Replaced& one) { return Seconds(now - one.at) < span; }));
}

/// Another plan than the one that did not hold is no safer on the next day.
std::string why_wait(const std::vector<NotHeld>& memory, const std::string& plan, WallTime now) {
    for (const NotHeld& one : memory) {
        const Seconds wait = day * (one.plan == plan ? doubled(one.times) : 1);
        if (Seconds(now - one.at) < wait)
            return fmt::format("a change did not hold within {:.0f} h", wait.count() / 3600);
    }
    return {};
}

}  // namespace

std::string why_not_replace(const ReplacementQuestion& question, const ReplacementMemory& memory,
                            WallTime now) {
    if (question.serves_time) return "this host serves time";
    if (question.restarts) return "the daemon would have to be restarted";
    if (question.went_bad > 1) {
        return fmt::format("{} sources went bad at once: it may be this host", question.went_bad);
    }
    if (!question.majority) return "no majority of the servers agrees";
    if (!question.bound_known) return "the error bound is not known";
    if (question.to_leap && std::abs(question.to_leap->count()) < day.count()) {
        return "a leap second is within 24 h, or may be";
    }
    if (question.removes_foreign) return "a source that is not ours would go";
    if (question.removes_pool_member) return "members of a pool are the daemon's to replace";
    if (question.remove.size() > 1) {
        return fmt::format("{} sources would go at once", question.remove.size());
    }
    if (memory.unknown_before && Seconds(now - *memory.unknown_before) < longest_limit * day)
        return "what was replaced before is not known";
    if (replaced_within(memory.replaced, now, day) >= 1)
        return "one source was replaced within 24 h";
    if (replaced_within(memory.replaced, now, longest_limit * day) >= 3)
        return "three sources were replaced in 30 days";
    if (std::string why = why_wait(memory.not_held, question.plan, now); !why.empty()) return why;
    // Last: with the window open it would be made.
    if (!question.outside_window.empty())
        return "outside the window of changes, " + question.outside_window;
    return {};
}

Replaced replace(std::vector<Replaced>& memory, const std::string& server, WallTime now) {
    int times = 1;
    for (const Replaced& one : memory) {
        if (one.server == server) times = std::max(times, one.times + 1);
    }
    memory.push_back({server, now, now + to_nanoseconds(7 * day * doubled(times)), times});
    return memory.back();
}

void did_not_hold(std::vector<NotHeld>& memory, const std::string& plan, WallTime now) {
    int times = 1;
    for (const NotHeld& one : memory) {
        if (one.plan == plan) times = one.times + 1;
    }
    std::erase_if(memory, [&](const NotHeld& one) { return one.plan == plan; });
    memory.push_back({plan, now, times});
    if (memory.size() > most_not_held) memory.erase(memory.begin());
}

}  // namespace clockwright
