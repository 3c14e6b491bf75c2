/// When lines that wait are posted, how many at once, and what an answer means for them. The moment
/// and the answers in, what to do out; it never waits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "time/units.h"

namespace clockwright {

struct PushLimits {
    std::size_t lines = 5000;  ///< in one post at most
    Seconds interval{10};      ///< between two posts while all is well
    double splay = 0;          ///< 0–1, of this host: many hosts shall not come back at once
};

/// How a post came out.
struct PushAnswer {
    int status = 0;                        ///< of HTTP; 0: none came
    std::string text{};                    ///< what the other side said, or why nothing came
    std::optional<Seconds> retry_after{};  ///< what it asks for
};

/// What becomes of the lines that were posted.
enum class PushOutcome : std::uint8_t {
    arrived,
    kept,     ///< posted again, perhaps fewer at once
    refused,  ///< the one line will never be taken: it is set aside
};

class Pusher {
  public:
    static constexpr Seconds first_pause{1}, longest_pause{300}, longest_wait{3600};
    static constexpr int most_refused = 10;  ///< on end, at full speed

    Pusher(const PushLimits& limits, SteadyTime now);

    /// When to post next, if lines wait.
    SteadyTime next() const { return next_; }
    /// How many lines to post then.
    std::size_t lines() const { return lines_; }
    /// `more`: others wait behind the `count` that were posted.
    PushOutcome answered(const PushAnswer& answer, std::size_t count, bool more, SteadyTime now);
    /// Why nothing arrives at present; empty: it does.
    const std::string& fault() const { return fault_; }

  private:
    PushOutcome narrow(const PushAnswer& answer, std::size_t count, SteadyTime now);
    void pause(const std::optional<Seconds>& wanted, SteadyTime now);

    PushLimits limits_;
    std::size_t lines_;
    SteadyTime next_;
    int failures_ = 0, refused_ = 0;  ///< on end
    std::string fault_;
};

}  // namespace clockwright
