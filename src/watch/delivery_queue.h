/// What is still to be told to a channel: tried again with growing pauses until it arrives.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

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
    /// What to deliver now, the oldest first, so many at most; none: nothing waits, or a pause is
    /// on, or a delivery is under way already.
    std::vector<Alert> take(SteadyTime now, std::size_t count = 1);
    /// How the taken ones came out; failed ones go back to the front.
    void done(bool arrived, SteadyTime now);

    /// When `take` has something again; empty: not before the next `push` or `done`.
    std::optional<SteadyTime> next() const;
    std::vector<Alert> all() const;  ///< those taken first
    std::size_t size() const { return waiting_.size() + taken_.size(); }
    std::uint64_t dropped() const { return dropped_; }
    int failures() const { return failures_; }  ///< on end

  private:
    std::deque<Alert> waiting_;
    std::vector<Alert> taken_;
    SteadyTime not_before_{SteadyTime::min()};
    int failures_ = 0;
    std::uint64_t dropped_ = 0;
};

/// The rule that many alerts told as one have.
inline constexpr std::string_view digest_rule = "alerts_digest";

/// Two alerts or more as one for people: how many, and each with its state in a sentence (the first
/// twenty); the most severe of them says how severe it is.
Alert digest_of(std::span<const Alert> alerts);

}  // namespace clockwright
