/// Many servers' series of probes as one machine: events in, effects out; it never waits.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <vector>

#include "ntp/budget.h"
#include "ntp/exchange.h"
#include "time/series.h"

namespace clockwright::ntp {

/// Index of a target within one poller, in the order of `add`.
using TargetId = std::size_t;

struct Target {
    Endpoint endpoint;
    int samples = 4;
    Seconds spacing{2};         ///< wanted; the budget's floor for public addresses wins
    Seconds operator_spacing{0};///< what the operator asks for at least
};

/// Effect: put these octets on the wire to `target` now, then report `sent`.
struct Send {
    TargetId target;
    HeaderBytes bytes;
};

/// Effect: nothing more will be sent or awaited; its socket may go.
struct Finished {
    TargetId target;
};

struct Effects {
    std::vector<Send> sends;
    std::vector<Finished> finished;
};

/// Rules: a dead server costs its own time-out only; sends do not wait for replies; a kiss code
/// with a valid origin ends a series (RATE, DENY, RSTR); three losses on end end it for public
/// addresses; bad datagrams are noted and the wait goes on (a spoof must not cost the true answer).
class Poller {
  public:
    /// `random`: 64 unpredictable bits for each request's cookie.
    Poller(RateBudget& budget, Self self, std::function<std::uint64_t()> random,
           Seconds time_out = Seconds{1.5});

    TargetId add(const Target& target, Now now);

    /// Something may be due: sends and time-outs up to `now`.
    void tick(Now now, Effects& effects);

    /// The datagram of the last Send to `target` left at t1. May come twice: the user-space stamp
    /// first, the kernel's after it; the last one before the reply wins.
    void sent(TargetId target, WallTime t1);

    /// A datagram came on the target's socket.
    void received(TargetId target, const Arrival& arrival, std::span<const std::uint8_t> bytes,
                  Effects& effects);

    /// The operating system reports an error for the target: refused or unreachable.
    void failed(TargetId target, Rejection why, Now now, Effects& effects);

    /// When `tick` is wanted next; empty when nothing is pending.
    std::optional<SteadyTime> next_tick() const;

    bool done() const;  ///< every target added so far has finished
    const Series& series(TargetId target) const;
    const Target& target(TargetId target) const;
    std::size_t size() const;

  private:
    struct Conversation;
    // The implementer chooses the private part: a heap of due times, a vector of conversations.
};

}  // namespace clockwright::ntp
