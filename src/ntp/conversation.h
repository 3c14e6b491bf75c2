/// One server's series of probes: what was asked, what came back, and when it is over.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ntp/exchange.h"
#include "ntp/nts_keys.h"
#include "ntp/nts_session.h"
#include "ntp/request_bytes.h"
#include "time/series.h"

namespace clockwright::ntp {

/// A server to ask, and how.
struct Target {
    Endpoint endpoint;
    int samples = 4;
    Seconds spacing{2};            ///< wanted; the budget's floor for public addresses wins
    Seconds operator_spacing{0};   ///< what the operator asks for at least
    std::optional<NtsKeys> nts{};  ///< protect every request and believe authentic replies only
    /// A part of a watch: each answer tells as much as the next, none is lost by trying for a
    /// better one, and a refused port ends nothing.
    bool steady = false;
};

/// The state of one series. Every probe waits for its own time-out, whatever is sent after it. A
/// reply with a valid origin settles its probe; any other datagram is noted and the wait goes on.
/// Three losses on end stop the sending to a public address, a refused port at once to any other
/// that is not watched.
///
/// With NTS a reply that is not authentic, be it a kiss or an NTS NAK, is such an other datagram.
///
/// From the second request on an interleaved answer is asked for, but in a watch: it brings the
/// true T3 of an exchange before, whose sample is measured again with it. So every answered probe
/// has one sample; the last of a series, whose T3 nobody tells, presumes the shortest stay of the
/// others. A server that does not answer such a request or tells a T3 that cannot be is asked for
/// basic answers only. So is any in a series too short to lose one by that.
class Conversation {
  public:
    /// `aead` may be null without NTS; with NTS and without it nothing is sent.
    Conversation(Target target, SteadyTime begin, const Aead* aead = nullptr);

    /// When something is due next; SteadyTime::max() when nothing is.
    SteadyTime due() const;

    bool wants_to_send(SteadyTime now) const { return sending_ && next_send_ <= now; }
    void postpone(SteadyTime until) { next_send_ = until; }
    void stop_sending() { sending_ = false; }

    /// Counts the next request as sent now; its octets. Empty when the cookies of NTS are used up:
    /// then nothing counts and the sending stops.
    std::optional<RequestBytes> send(const Random& random, Now now,
                                     std::chrono::nanoseconds time_out);

    /// A better stamp of the last request's departure.
    void stamp(WallTime t1);

    /// Probes whose time-out has come by `now` are lost.
    void expire(SteadyTime now);

    /// A datagram came.
    void receive(const Arrival& arrival, std::span<const std::uint8_t> bytes, const Self& self);

    /// All waiting probes are lost for this reason.
    void fail(Rejection why);

    bool is_waiting() const { return waiting_ > 0; }

    /// Nothing more will be sent or awaited.
    bool is_finished() const { return !sending_ && waiting_ == 0; }

    const Target& target() const { return target_; }  ///< without the keys of NTS
    const Series& series() const { return series_; }
    Series take_series() { return std::move(series_); }   ///< of a finished one
    const NtsSession* nts() const { return nts_.get(); }  ///< null: asked without NTS

  private:
    static constexpr std::uint32_t none = UINT32_MAX;

    struct Probe {
        enum class State : std::uint8_t { waiting, answered, lost };
        Timestamp cookie;
        Timestamp receive;  // zero: asked for a basic answer
        SteadyTime deadline;
        Stamps stamps;
        std::uint32_t before = none;  // the probe whose true T3 was asked for
        std::uint32_t sample = none;  // its own, in the series
        State state = State::waiting;
    };

    SteadyTime next_after(SteadyTime now) const;
    bool asks_interleaved() const;
    Probe* find(Timestamp origin);
    std::optional<Rejection> not_authentic(const Probe& probe, std::span<const std::uint8_t> bytes);
    void accept(const Reply& reply, const Sample& sample, const Arrival& arrival, Probe& probe,
                const Self& self);
    void improve(const Probe& probe, const Packet& later, const Self& self);
    void learn_stay(Seconds stay, bool is_true);
    void refuse(const Refusal& refusal, Probe* probe);
    void note_stray(Rejection why);
    void settle(Probe& probe, Probe::State state);
    void lose(Probe& probe, Rejection why);

    Target target_;
    Series series_;
    std::unique_ptr<NtsSession> nts_;
    std::vector<Probe> probes_;  // in the order of sending, so of their deadlines too
    std::size_t oldest_ = 0;     // the first that may still be waiting
    int waiting_ = 0;
    int losses_on_end_ = 0;
    int strays_ = 0;
    bool sending_;
    bool basic_only_ = false;   // the server had its chance
    bool interleaves_ = false;  // it has told a true T3
    bool stay_known_ = false;
    std::uint32_t last_answered_ = none;  // with a sample
    std::uint32_t last_asked_ = none;     // for an interleaved answer
    SteadyTime next_send_;
    Timestamp last_transmit_;
    Seconds stay_{0};  // shortest T3 − T2 seen; of true T3 when there was any
};

}  // namespace clockwright::ntp
