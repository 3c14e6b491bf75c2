#include "publish/pusher.h"

#include <fmt/format.h>

#include <algorithm>

namespace clockwright {
namespace {

/// The answer is about the lines: fewer of them may pass, and one alone never will.
bool is_about_lines(int status) {
    return status == 400 || status == 409 || status == 413 || status == 422;
}

bool has_arrived(int status) {
    return status >= 200 && status < 300;
}

}  // namespace

Pusher::Pusher(const PushLimits& limits, SteadyTime now)
    : limits_(limits),
      lines_(limits.lines),
      next_(now + to_nanoseconds(limits.interval * limits.splay)) {}

PushOutcome Pusher::answered(const PushAnswer& answer, std::size_t count, bool more,
                             SteadyTime now) {
    if (has_arrived(answer.status)) {
        is_well();
        lines_ = std::min(lines_ * 2, limits_.lines);
        next_ = more ? now : now + to_nanoseconds(limits_.interval);
        return PushOutcome::arrived;
    }
    if (is_about_lines(answer.status)) return narrow(answer, count, now);
    wait(answer, now);
    return PushOutcome::kept;
}

PushOutcome Pusher::narrow(const PushAnswer& answer, std::size_t count, SteadyTime now) {
    next_ = now;
    if (count > 1) {
        lines_ = count / 2;
        return PushOutcome::kept;
    }
    // So many refusals on end may be about the place rather than the lines.
    ++refused_;
    if (limits_.in_order) {
        if (refused_ > most_refused_in_order) everything_is_refused(answer, now);
    } else {
        asks_newest_ = refused_ > most_refused;
    }
    return PushOutcome::refused;
}

void Pusher::newest_answered(const PushAnswer& answer, SteadyTime now) {
    asks_newest_ = false;
    next_ = now;
    if (has_arrived(answer.status))
        is_well();
    else if (is_about_lines(answer.status))
        everything_is_refused(answer, now);
    else
        wait(answer, now);
}

/// Time for a person to see: what is set aside is kept no longer than there is room.
void Pusher::everything_is_refused(const PushAnswer& answer, SteadyTime now) {
    fault_ = fmt::format("every line is refused with {}: {}", answer.status, answer.text);
    pause({}, now);
}

void Pusher::wait(const PushAnswer& answer, SteadyTime now) {
    fault_ = answer.status == 0 ? answer.text : fmt::format("{}: {}", answer.status, answer.text);
    pause(answer.retry_after, now);
}

void Pusher::is_well() {
    failures_ = refused_ = 0;
    fault_.clear();
}

void Pusher::pause(const std::optional<Seconds>& wanted, SteadyTime now) {
    const Seconds growing = std::min(first_pause * (1 << std::min(failures_, 20)), longest_pause);
    const Seconds own = growing * (0.75 + 0.5 * limits_.splay);
    next_ = now + to_nanoseconds(wanted ? std::min(*wanted, longest_wait) : own);
    ++failures_;
}

}  // namespace clockwright
