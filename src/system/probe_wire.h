/// Carries a poller's probes: a socket for each server, bursts, stamps, timers.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "ntp/poller.h"
#include "result.h"
#include "system/kept_sockets.h"
#include "system/random_bits.h"
#include "system/socket_set.h"
#include "system/udp_socket.h"
#include "system/warm_path.h"

namespace clockwright::system {

/// Asks every target it is given, all of them at the same time; when there are not enough
/// descriptors, the next one begins as soon as one has ended.
class ProbeWire {
  public:
    struct Callbacks {
        std::function<void(int finished)> progress;  ///< how many targets have ended; may be empty
        std::function<void()> idle;                  ///< every target given so far has ended
    };

    /// What became of one target. `error`: errno when no socket could be opened to it.
    struct Ended {
        const Series* series = nullptr;
        int error = 0;
        const ntp::NtsSession* nts = nullptr;  ///< null: asked without NTS, or not at all
    };

    /// `aead` and `kept` outlive the wire. Null: no target asks for NTS; each has a socket of its
    /// own.
    ProbeWire(boost::asio::io_context& context, ntp::RateBudget& budget, ntp::Self self,
              Seconds time_out, Callbacks callbacks, const ntp::Aead* aead = nullptr,
              KeptSockets* kept = nullptr);

    /// About so many are to come. Those that are queued by the next `turn` begin now: whatever
    /// holds up their first packets, the later ones of those nearby leave in one burst.
    void expect(std::size_t targets);
    Result<void> open();
    /// Nothing is watched or waited for any more.
    void close();

    /// Queues a target; they are numbered from 0 in this order. It begins with the next `turn`.
    void ask(ntp::Target target);

    /// Sends what is due and sets the timer for what comes next.
    void turn();

    bool idle() const;
    Ended result(std::size_t number) const;
    /// The series of one that has a `result` with one, which is then empty.
    Series take_series(std::size_t number);

  private:
    struct Probe {
        ntp::Target target;
        std::optional<ntp::TargetId> id;
        int error = 0;
    };
    /// How the socket set watches a socket; `once`: anew after each datagram.
    enum class Watch : std::uint8_t { not_yet, once, always };

    /// One conversation's socket, by TargetId.
    struct Channel {
        std::optional<UdpSocket> socket;
        Now burst_at;  ///< when the burst began that its last datagram left in
        Watch watch = Watch::not_yet;
    };

    bool many() const;
    bool begin_batch(const Now& now);
    std::expected<UdpSocket, int> socket_to(const Endpoint& peer);
    bool begin(std::size_t number, const Now& now);
    void perform();
    void send_burst(std::span<const ntp::Send> sends);
    void transmit(const ntp::Send& send, const Now& now);
    void settle_sent();
    void collect(std::span<const ReadySocket> ready);
    void receive(ntp::TargetId id, const Now& now);
    void watch(ntp::TargetId id, const Now& now);
    void end(ntp::TargetId id);
    void give_back(ntp::TargetId id);
    void arm();

    Callbacks callbacks_;
    ntp::Poller poller_;
    SocketSet sockets_;
    std::vector<UdpSocket> ended_;  ///< to be closed
    WarmPath path_;
    KeptSockets* kept_;
    boost::asio::steady_timer timer_;
    std::vector<Probe> probes_;
    std::deque<std::size_t> waiting_;  ///< probes without a socket yet
    std::optional<Now> begin_;         ///< of those that are queued by the next turn
    std::vector<Channel> channels_;
    std::vector<ntp::TargetId> just_sent_;  ///< neither stamped nor watched yet
    std::vector<ntp::Send> unsent_;         ///< the kernel had no room for them
    ntp::Effects effects_, performing_;
    std::size_t open_channels_ = 0, channels_at_most_;
    int finished_ = 0;
};

}  // namespace clockwright::system
