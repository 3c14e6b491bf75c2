/// What is still to be told to a channel: tried again with growing pauses until it arrives.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "watch/alert.h"

namespace clockwright {

/// One channel's queue, in order. The oldest is tried first; while it fails, the rest waits.
class DeliveryQueue {
  public:
    static constexpr std::size_t most = 1000;
    static constexpr std::chrono::seconds first_pause{10};
    static constexpr std::chrono::minutes longest_pause{10};

    /// When it is full, the oldest of the least severe is dropped, and counted.
    void push(Alert alert);
    /// What to deliver now; empty: nothing, or a pause is on, or one is under way already.
    std::optional<Alert> take(SteadyTime now);
    /// How the taken one came out; a failed one goes back to the front.
    void done(bool arrived, SteadyTime now);

    /// When `take` has something again; empty: not before the next `push` or `done`.
    std::optional<SteadyTime> next() const;
    std::size_t size() const { return waiting_.size() + (taken_ ? 1 : 0); }
    std::uint64_t dropped() const { return dropped_; }
    int failures() const { return failures_; }  ///< on end

  private:
    std::deque<Alert> waiting_;
    std::optional<Alert> taken_;
    SteadyTime not_before_{SteadyTime::min()};
    int failures_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace clockwright
