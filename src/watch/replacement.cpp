#include "watch/replacement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr Seconds day{86400};

int replaced_within(const std::vector<Replaced>& memory, WallTime now, Seconds span) {
    return static_cast<int>(std::ranges::count_if(
        memory, [&](const Replaced& one) { return Seconds(now - one.at) < span; }));
}

}  // namespace

std::string why_not_replace(const ReplacementQuestion& question,
                            const std::vector<Replaced>& memory, WallTime now) {
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
    if (replaced_within(memory, now, day) >= 1) return "one source was replaced within 24 h";
    if (replaced_within(memory, now, 30 * day) >= 3)
        return "three sources were replaced in 30 days";
    return {};
}

Replaced replace(std::vector<Replaced>& memory, const std::string& server, WallTime now) {
    int times = 1;
    for (const Replaced& one : memory) {
        if (one.server == server) times = std::max(times, one.times + 1);
    }
    const Seconds away = 7 * day * std::pow(2, std::min(times, 6) - 1);
    memory.push_back({server, now, now + to_nanoseconds(away), times});
    return memory.back();
}

}  // namespace clockwright
