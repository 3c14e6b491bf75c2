/// When the agent may replace a source by itself: slowly, and never when it may be us.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "time/units.h"

namespace clockwright {

/// A source that was replaced, and when it may come back.
struct Replaced {
    std::string server;
    WallTime at, returns;
    int times = 1;  ///< so often so far; the stay away doubles each time

    friend bool operator==(const Replaced&, const Replaced&) = default;
};

/// A change the agent made that failed or was walked back.
struct NotHeld {
    std::string plan;  ///< its id
    WallTime at;
    int times = 1;  ///< so often so far; the wait for the same plan doubles each time

    friend bool operator==(const NotHeld&, const NotHeld&) = default;
};

/// What the agent did by itself so far.
struct ReplacementMemory {
    std::vector<Replaced> replaced;
    std::vector<NotHeld> not_held;
    std::optional<WallTime> unknown_before;  ///< what it did until then is not known

    friend bool operator==(const ReplacementMemory&, const ReplacementMemory&) = default;
};

/// What stands for and against one replacement now.
struct ReplacementQuestion {
    std::string plan;                 ///< its id
    std::vector<std::string> remove;  ///< what the plan takes away
    bool removes_foreign = false;
    bool removes_pool_member = false;
    int went_bad = 0;  ///< members that turned bad within two hours
    bool majority = false;
    bool bound_known = false;
    bool serves_time = false;
    bool restarts = false;           ///< the daemon would be restarted
    std::optional<Seconds> to_leap;  ///< to a leap second, or where one may be, either way
    std::string outside_window;      ///< of changes: that window; empty: it is open
};

/// Why not, in one clause; empty: it may. At most one source in 24 h and three in 30 days.
std::string why_not_replace(const ReplacementQuestion& question, const ReplacementMemory& memory,
                            WallTime now);

/// Takes it into the memory: away for seven days, doubled each time it was replaced before.
Replaced replace(std::vector<Replaced>& memory, const std::string& server, WallTime now);

/// Takes it into the memory; old ones go.
void did_not_hold(std::vector<NotHeld>& memory, const std::string& plan, WallTime now);

}  // namespace clockwright
