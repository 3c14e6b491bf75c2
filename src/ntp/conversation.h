/// One server's series of probes: what was asked, what came back, and when it is over.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "ntp/exchange.h"
#include "time/series.h"

namespace clockwright::ntp {

/// A server to ask, and how.
struct Target {
    Endpoint endpoint;
    int samples = 4;
    Seconds spacing{2};           ///< wanted; the budget's floor for public addresses wins
    Seconds operator_spacing{0};  ///< what the operator asks for at least
};

/// The state of one series. Every probe waits for its own time-out, whatever is sent after it. A
/// reply with a valid origin settles its probe; any other datagram is noted and the wait goes on.
/// Three losses on end stop the sending to a public address, a refused port at once to any other.
class Conversation {
  public:
    Conversation(const Target& target, SteadyTime begin);

    /// When something is due next; SteadyTime::max() when nothing is.
    SteadyTime due() const;

    bool wants_to_send(SteadyTime now) const { return sending_ && next_send_ <= now; }
    void postpone(SteadyTime until) { next_send_ = until; }
    void stop_sending() { sending_ = false; }

    /// Counts the next request as sent now; its octets.
    HeaderBytes send(Timestamp cookie, Now now, std::chrono::nanoseconds time_out);

    /// A better stamp of the last request's departure.
    void stamp(WallTime t1);

    /// Probes whose time-out has come by `now` are lost.
    void expire(SteadyTime now);

    /// A datagram came.
    void receive(const Arrival& arrival, std::span<const std::uint8_t> bytes, const Self& self);

    /// All waiting probes are lost for this reason.
    void fail(Rejection why);

    /// Nothing more will be sent or awaited.
    bool is_finished() const { return !sending_ && waiting_ == 0; }

    const Target& target() const { return target_; }
    const Series& series() const { return series_; }

  private:
    struct Probe {
        enum class State : std::uint8_t { waiting, answered, lost };
        Timestamp cookie;
        WallTime t1;
        SteadyTime deadline;
        State state = State::waiting;
    };

    Probe* find(std::span<const std::uint8_t> bytes);
    void refuse(const Refusal& refusal, Probe* probe);
    void note_stray(Rejection why);
    void settle(Probe& probe, Probe::State state);
    void lose(Probe& probe, Rejection why);

    Target target_;
    Series series_;
    std::vector<Probe> probes_;  // in the order of sending, so of their deadlines too
    std::size_t oldest_ = 0;     // the first that may still be waiting
    int waiting_ = 0;
    int losses_on_end_ = 0;
    int strays_ = 0;
    bool sending_;
    SteadyTime next_send_;
    Timestamp last_transmit_;
};

}  // namespace clockwright::ntp
