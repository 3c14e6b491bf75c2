/// Points on their way to one place: into a spool on disk at once, out of it as the place takes
/// them, over outages and restarts.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "app/fault_once.h"
#include "app/loss_count.h"
#include "app/push_place.h"
#include "publish/pusher.h"
#include "store/spool.h"
#include "system/worker.h"

namespace clockwright::app {

/// Belongs to the loop's thread. Nothing in it waits for a post: not what comes in, no other place,
/// and no change of the settings.
class PushLane {
  public:
    /// `directory`: of the spool. `splay`: 0–1, of this host.
    PushLane(boost::asio::io_context& loop, std::string directory, double splay);

    /// A post in hand ends as it began; whatever waits goes to the new place. Null: nowhere, and
    /// what waits goes on waiting.
    void use(std::optional<PushPlace> place);
    /// `lines` makes them on the lane's own thread, in the order of the calls.
    void add(std::function<std::string()> lines);
    /// Everything that was added is in the spool; nothing may be added after it.
    void finish() { spooling_.finish(); }

  private:
    /// What is to be done next about what waits.
    struct Turn {
        store::SpoolLines lines{};  ///< to be posted now; none: nothing is
        std::function<PushAnswer(const std::string&)> post{};
        std::optional<SteadyTime> again{};  ///< to ask anew then; empty: not before `use`
        bool newest = false;                ///< the line only asks whether any is taken
    };

    void go_on();
    void do_turn(Turn turn);
    // The rest is for `spooling_` only.
    void begin(PushPlace place);
    Turn take_turn(SteadyTime now);
    Turn settle(const Turn& turn, const PushAnswer& answer, SteadyTime now);
    void append(const std::string& lines);
    void write_waiting();
    void set_aside(const store::SpoolLines& lines, const PushAnswer& answer);
    bool open_spool();
    void tell_losses(SteadyTime now);

    std::string directory_;
    double splay_;
    bool going_ = false;  ///< a turn is under way
    boost::asio::steady_timer again_;
    bool wanted_ = false;  ///< for `spooling_` only, as all that follows
    PushPlace place_;      ///< the last that was wanted: a post to it may be in hand
    std::optional<Pusher> pusher_;
    std::optional<store::Spool> spool_;  ///< empty: it could not be opened yet
    std::string waiting_;                ///< lines for which there is no spool
    std::uint64_t dropped_ = 0;          ///< of those, for want of room
    FaultOnce spool_fault_, read_fault_, drop_fault_, push_fault_;
    LossCount losses_, damages_, unread_;
    system::Worker spooling_, posting_;  // last: they use all the others
};

}  // namespace clockwright::app
