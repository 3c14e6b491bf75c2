#include "publish/pusher.h"

#include <fmt/format.h>

#include <algorithm>

namespace clockwright {
namespace {

/// The answer is about the lines: fewer of them may pass, and one alone never will.
bool is_about_lines(int status) {
    return status == 400 || status == 413 || status == 422;
}

}  // namespace

Pusher::Pusher(const PushLimits& limits, SteadyTime now)
    : limits_(limits),
      lines_(limits.lines),
      next_(now + to_nanoseconds(limits.interval * limits.splay)) {}

PushOutcome Pusher::answered(const PushAnswer& answer, std::size_t count, bool more,
                             SteadyTime now) {
    if (answer.status >= 200 && answer.status < 300) {
        failures_ = refused_ = 0;
        fault_.clear();
        lines_ = std::min(lines_ * 2, limits_.lines);
        next_ = more ? now : now + to_nanoseconds(limits_.interval);
        return PushOutcome::arrived;
    }
    if (is_about_lines(answer.status)) return narrow(answer, count, now);
    fault_ = answer.status == 0 ? answer.text : fmt::format("{}: {}", answer.status, answer.text);
    pause(answer.retry_after, now);
    return PushOutcome::kept;
}

PushOutcome Pusher::narrow(const PushAnswer& answer, std::size_t count, SteadyTime now) {
    next_ = now;
    if (count > 1) {
        lines_ = count / 2;
        return PushOutcome::kept;
    }
    // So many refusals on end are about the place rather than the lines: time for a person to see.
    if (++refused_ > most_refused) {
        fault_ = fmt::format("every line is refused with {}: {}", answer.status, answer.text);
        pause({}, now);
    }
    return PushOutcome::refused;
}

void Pusher::pause(const std::optional<Seconds>& wanted, SteadyTime now) {
    const Seconds growing = std::min(first_pause * (1 << std::min(failures_, 20)), longest_pause);
    const Seconds own = growing * (0.75 + 0.5 * limits_.splay);
    next_ = now + to_nanoseconds(wanted ? std::min(*wanted, longest_wait) : own);
    ++failures_;
}

}  // namespace clockwright
