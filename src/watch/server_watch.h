/// One watched server over time: its last polls, its reach, and what changed in it.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "time/series.h"
#include "time/units.h"
#include "watch/hierarchy.h"

namespace clockwright {

/// bits / min(8, polls): the share of the last eight polls that were answered; 0 before the first.
double reach_share(std::uint8_t reach, int polls);

/// A change point: from some moment on the server's answers are of another kind than before.
struct ServerChange {
    enum class Kind : std::uint8_t {
        step,  ///< its time jumped, the delay did not: the server
        path   ///< the delay moved too, and the offset by at most half of that: the way to it
    };
    Kind kind = Kind::step;
    SteadyTime since;       ///< the first sample after it
    Seconds shift{};        ///< of its error against the consensus; > 0: further ahead
    Seconds delay_shift{};  ///< of the least round trip

    friend bool operator==(const ServerChange&, const ServerChange&) = default;
};

/// Keeps the last eight polls, as reach does. Errors (offset less the consensus of the same cycle)
/// are compared with each other only, so a change of this host's clock is none of a server's.
class ServerWatch {
  public:
    /// `at`: of the poll. The answer, or why there was none.
    void answered(const Sample& sample);
    void lost(SteadyTime at, Rejection why);
    /// A daemon that polls by itself: its register, and how many polls it can have seen.
    void reach_is(std::uint8_t reach, int polls);
    /// One that is in its register already.
    void lost_by_daemon() { ++lost_; }
    void kissed(std::uint32_t kiss) { series_.kiss = kiss; }

    /// The newest sample's error. Three in a row that lie apart from those before are a change;
    /// what was before it is forgotten.
    std::optional<ServerChange> compared(Seconds error);

    /// This host's clock went forward by `size`: what was measured against it is corrected.
    void clock_moved(Seconds size);

    /// The last eight polls; none older than `oldest`.
    Series series(SteadyTime oldest) const;
    const std::optional<Sample>& last() const { return last_; }
    std::optional<Seconds> error() const { return error_; }
    std::uint8_t reach() const { return reach_; }
    int polls() const { return polls_; }  ///< since it was added
    int lost() const { return lost_; }    ///< of these, as far as seen
    /// How many times on end its stratum rose by one, up to now (hazard H-8).
    int stratum_climb() const { return clockwright::stratum_climb(series_.samples); }

  private:
    struct Point {
        SteadyTime at;
        Seconds error, delay;
    };
    struct Missed {
        SteadyTime at;
        Rejection why;
    };

    void shift_in(bool answered);

    Series series_;  ///< samples only; `sent` and the rejections are made by `series`
    std::deque<Missed> missed_;
    std::deque<Point> before_;  ///< up to 32, the rule
    std::deque<Point> apart_;   ///< the last ones, when they are no longer the rule
    std::optional<Sample> last_;
    std::optional<Seconds> error_;
    std::uint8_t reach_ = 0;
    int polls_ = 0, lost_ = 0;
};

}  // namespace clockwright
