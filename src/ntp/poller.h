/// Many servers' series of probes as one machine: events in, effects out; it never waits.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <span>
#include <vector>

#include "ntp/budget.h"
#include "ntp/conversation.h"
#include "ntp/exchange.h"
#include "time/series.h"

namespace clockwright::ntp {

/// Index of a target within one poller, in the order of `add`.
using TargetId = std::size_t;

/// Effect: put these octets on the wire to `target` now, then report `sent`.
struct Send {
    TargetId target;
    RequestBytes bytes;
};

/// Effect: nothing more will be sent or awaited; its socket may go.
struct Finished {
    TargetId target;
};

/// What the poller asks for; every call appends, the caller clears.
struct Effects {
    std::vector<Send> sends;
    std::vector<Finished> finished;
};

/// A heap of due times over one Conversation for each target.
/// Rules: a dead server costs its own time-out only; sends do not wait for replies; a kiss code
/// with a valid origin ends a series (RATE, DENY, RSTR); three losses on end end it for public
/// addresses; bad datagrams are noted and the wait goes on (a spoof must not cost the true answer).
class Poller {
  public:
    /// `random`: for cookies, unique identifiers and nonces. `aead` outlives the poller; null: no
    /// target may ask for NTS, and one that does is not asked at all.
    Poller(RateBudget& budget, Self self, Random random, Seconds time_out = Seconds{1.5},
           const Aead* aead = nullptr);

    /// That so many are to be added: a hint.
    void expect(std::size_t targets) { seats_.reserve(targets); }
    /// Its first packet is due now. Two targets of one address share its budget.
    TargetId add(Target target, Now now);

    /// Something may be due: sends and time-outs up to `now`.
    void tick(Now now, Effects& effects);

    /// The datagram of the last Send to `target` left at t1. May come twice: the user-space stamp
    /// first, the kernel's after it; the last one before the reply wins.
    void sent(TargetId target, WallTime t1);

    /// A datagram came on the target's socket.
    void received(TargetId target, const Arrival& arrival, std::span<const std::uint8_t> bytes,
                  Effects& effects);

    /// The operating system reports an error for the target: refused or unreachable. It counts for
    /// every probe in flight whose time-out has not come by `now`.
    void failed(TargetId target, Rejection why, Now now, Effects& effects);

    /// When `tick` is wanted next; empty when nothing is pending.
    std::optional<SteadyTime> next_tick() const;

    bool awaits(TargetId target) const;  ///< a reply to a request of it may still come
    bool done() const;                   ///< every target added so far has finished
    const Series& series(TargetId target) const;
    /// The series itself, for nobody else will ask for it; of a target that has finished.
    Series take_series(TargetId target);
    const NtsSession* nts(TargetId target) const;  ///< null: asked without NTS
    const Target& target(TargetId target) const;
    std::size_t size() const;

  private:
    struct Seat {
        Conversation conversation;
        SteadyTime due;  // of its valid entry in the heap; max: it has none
        bool announced = false;
    };
    struct Due {
        SteadyTime at;
        TargetId target;
        friend auto operator<=>(const Due&, const Due&) = default;
    };

    void advance(Seat& seat, TargetId target, Now now, Effects& effects);
    void reschedule(TargetId target, Effects& effects);
    void drop_stale();

    RateBudget& budget_;
    Self self_;
    Random random_;
    std::chrono::nanoseconds time_out_;
    const Aead* aead_;
    std::vector<Seat> seats_;
    // Earliest on top. An entry that no longer tells its seat's due time is stale and dropped
    // there.
    std::priority_queue<Due, std::vector<Due>, std::greater<>> heap_;
    std::size_t finished_ = 0;
};

}  // namespace clockwright::ntp
