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
    bool in_order = false;     ///< the place takes nothing that is older than what it has
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
    /// Refusals on end, until the newest line tells whether the place refuses everything; where it
    /// must not go before the others, until that is taken to be so.
    static constexpr int most_refused = 10, most_refused_in_order = 1000;

    Pusher(const PushLimits& limits, SteadyTime now);

    /// When to post next, if lines wait.
    SteadyTime next() const { return next_; }
    /// How many lines to post then.
    std::size_t lines() const { return lines_; }
    /// `more`: others wait behind the `count` that were posted.
    PushOutcome answered(const PushAnswer& answer, std::size_t count, bool more, SteadyTime now);
    /// What is to be posted next is the newest line alone, which goes on waiting whatever comes.
    bool asks_newest() const { return asks_newest_; }
    void newest_answered(const PushAnswer& answer, SteadyTime now);
    /// Why nothing arrives at present; empty: it does.
    const std::string& fault() const { return fault_; }

  private:
    PushOutcome narrow(const PushAnswer& answer, std::size_t count, SteadyTime now);
    void everything_is_refused(const PushAnswer& answer, SteadyTime now);
    void wait(const PushAnswer& answer, SteadyTime now);
    void pause(const std::optional<Seconds>& wanted, SteadyTime now);
    void is_well();

    PushLimits limits_;
    std::size_t lines_;
    SteadyTime next_;
    int failures_ = 0, refused_ = 0;  ///< on end
    bool asks_newest_ = false;
    std::string fault_;
};

}  // namespace clockwright
