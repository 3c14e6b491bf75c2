/// The ledger of what moves this clock, or the oscillator below it: what, how much, why, and who.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/host.h"
#include "time/units.h"

namespace clockwright {

/// What one look at this host shows of it.
struct LedgerLook {
    std::string clocksource;          ///< "tsc"; empty: the kernel does not tell
    std::vector<ClockProgram> hands;  ///< programs that can and do move the clock
    std::optional<Ppm> frequency;     ///< what the daemon corrects the rate by
    /// What must be added to the clock by a majority of servers, and its half-width.
    std::optional<std::pair<Seconds, Seconds>> quorum;
};

/// One thing that happened; `kind` and `size` are those of the record's events.
struct LedgerEntry {
    std::string kind, text;
    std::optional<Seconds> size;
};

/// Compares each look with the one before. A step itself is noticed by `ClockWatch`.
class ClockLedger {
  public:
    /// A step in words: sizes and moments before and after, the likely cause, who could have done
    /// it. Servers that are asked seldom show it late, so for an hour it is taken for no pause.
    std::string stepped(const Now& now, Seconds by);

    /// This host was suspended until now: what it lost meanwhile is no virtual machine's doing.
    void slept(SteadyTime now) { slept_ = now; }

    /// Kinds: "clocksource", "hands", "restart", "frequency" (more than 10 ppm within an hour),
    /// "pause" (the clock fell behind all servers at once: a virtual machine stood still).
    std::vector<LedgerEntry> look(const Now& now, const LedgerLook& look);

    /// Size of the last step, and of the last pause, within five minutes; else nothing.
    Seconds stepped(SteadyTime now) const;
    Seconds stood_still(SteadyTime now) const;
    /// What the rate was corrected by an hour ago, as far as that is known.
    std::optional<Ppm> rate_hour_ago(SteadyTime now) const;
    bool changed_clocksource(SteadyTime now) const;  ///< within the last hour
    int restarts(SteadyTime now) const;  ///< of a hand on the wheel, within the last hour

  private:
    void compare_hands(const Now& now, const LedgerLook& look, std::vector<LedgerEntry>& out);
    void compare_rate(const Now& now, const LedgerLook& look, std::vector<LedgerEntry>& out);
    void compare_quorum(const Now& now, const LedgerLook& look, std::vector<LedgerEntry>& out);

    std::optional<LedgerLook> last_;
    SteadyTime last_at_{};
    std::optional<std::pair<SteadyTime, Seconds>> step_;  ///< the last
    std::deque<std::pair<SteadyTime, Ppm>> rates_;        ///< of the last hour, a minute apart
    SteadyTime jumped_{};                                 ///< of the rate, the last
    std::optional<SteadyTime> slept_;
    std::optional<std::pair<SteadyTime, Seconds>> pause_;
    std::optional<SteadyTime> clocksource_changed_;
    std::deque<SteadyTime> restarts_;
};

}  // namespace clockwright
