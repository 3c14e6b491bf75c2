/// What the agent sees at one moment, as named facts for the rules.
#pragma once

#include <optional>
#include <vector>

#include "app/watch_list.h"
#include "publish/snapshot.h"
#include "watch/clock_ledger.h"
#include "watch/fact.h"
#include "watch/watchdog.h"

namespace clockwright::app {

/// What the snapshot does not hold.
struct FactGround {
    const Snapshot* snapshot = nullptr;
    const WatchList* watched = nullptr;
    const Judged* judged = nullptr;
    DaemonLife life;
    std::optional<SteadyTime> daemon_answered;  ///< last
    const ClockLedger* ledger = nullptr;
    std::optional<double> leap_table_days;
    bool dropin_missing = false;
    std::optional<bool> kernel_unsynchronised;  ///< as the kernel says; empty: it cannot be asked
    std::optional<Ppm> rate_trend;              ///< in 30 days
};

/// A fact that cannot be said now is left out; for "is there no data" there are facts of their own.
std::vector<Fact> facts_of(const FactGround& ground, const Now& now);

}  // namespace clockwright::app
