/// What is still to be told to a channel: tried again with growing pauses until it arrives.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "watch/alert.h"

namespace clockwright {

/// How it came out.
enum class Delivery : std::uint8_t {
    arrived,
    failed,      ///< it may arrive another time; whether the alert or the way is at fault is open
    way_failed,  ///< it may arrive another time, and no alert is at fault: nobody answers
    refused,     ///< the other side will never take this one
};

/// One channel's queue, in order. The oldest is tried first; while it fails, the rest waits. After
/// `most_tries` failures on end the one behind it is tried in turn: if that arrives and
/// the oldest fails once more, it is at fault rather than the way.
class DeliveryQueue {
  public:
    static constexpr std::size_t most = 1000;
    static constexpr int most_tries = 10;
    static constexpr std::chrono::seconds first_pause{10};
    static constexpr std::chrono::minutes longest_pause{10};
    static constexpr Seconds longest_wanted{3600};

    /// When it is full, the oldest of the least severe is dropped, and counted.
    void push(Alert alert);
    /// What to deliver now, the oldest first, so many at most; none: nothing waits, or a pause is
    /// on, or a delivery is under way already.
    std::vector<Alert> take(SteadyTime now, std::size_t count = 1);
    /// How the taken ones came out. Those that failed go back to their place, and so do several
    /// that were refused, to be tried one by one. The one that is set aside for good; empty: none.
    /// `wanted`: how long the other side asks to be left alone.
    std::optional<Alert> done(Delivery delivery, SteadyTime now,
                              std::optional<Seconds> wanted = {});

    /// When `take` has something again; empty: not before the next `push` or `done`.
    std::optional<SteadyTime> next() const;
    std::vector<Alert> all() const;  ///< those taken first
    std::size_t size() const { return waiting_.size() + taken_.size(); }
    std::uint64_t dropped() const { return dropped_; }
    int failures() const { return failures_; }  ///< on end

  private:
    void put_back(SteadyTime now, Seconds wanted);

    std::deque<Alert> waiting_;
    std::vector<Alert> taken_;
    bool passing_ = false;   ///< the taken one stood behind the first, which waits
    bool last_try_ = false;  ///< the way is good: the first fails no more than once again
    SteadyTime not_before_{SteadyTime::min()};
    int failures_ = 0;
    std::uint64_t dropped_ = 0;
};

/// The rule that many alerts told as one have.
inline constexpr std::string_view digest_rule = "alerts_digest";

/// Two alerts or more as one for people. Of each rule and subject the last notice counts, and every
/// event; where that leaves one, it is that. How many, and each with its state in a sentence
/// (twenty at most): what fires before what ended, the most severe first. It fires while any does,
/// and is as severe as the most severe of those.
Alert digest_of(std::span<const Alert> alerts);

}  // namespace clockwright
