/// One honest verdict with a number and its condition: *The sentence* (product.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/host.h"
#include "daemon/state.h"
#include "judge/quorum_bound.h"
#include "steer/bound.h"
#include "time/source.h"

namespace clockwright {

/// What else is known of a source the daemon lists.
struct SourceFacts {
    std::string name;    ///< as the daemon lists it
    std::string origin;  ///< "/etc/chrony/chrony.conf:3"; empty: added by a command
    Smear smear = Smear::unknown;
    std::string operator_name;
    bool asks_nts = false;  ///< its line says `nts`
};

/// What UTC was known within when it was known last.
struct LastBound {
    WallTime at;
    Seconds bound{};
};

/// What the servers that we ask ourselves agree on.
struct QuorumWord {
    QuorumBound bound;
    Seconds told{};      ///< so long ago
    Ppm drift{};         ///< what the bound grows by since
    std::string smears;  ///< one of them that smears leap seconds; empty: none is known to
};

/// Everything the verdict is made from.
struct ClockFacts {
    std::string daemon = "chronyd";
    std::optional<DaemonState> state;  ///< empty: it does not answer, `why_not` says why
    std::string why_not;
    std::vector<ClockProgram> hands;  ///< programs that can and do move this clock
    bool watches_only = false;        ///< the daemon runs with -x
    std::vector<SourceFacts> sources;
    std::string nts = "prefer";
    bool nts_set = false;  ///< the user said so
    /// How far the rate strays in the age of the last update, by the record; empty: none that long.
    std::optional<Ppm> wander;
    /// As remembered, for a daemon that no longer tells its last update; empty: nobody watched.
    std::optional<LastBound> last_bound;
    /// By how much somebody set the clock since what the daemon tells; empty: nobody did, or nobody
    /// watched.
    std::optional<Seconds> set_since;
    bool no_daemon = false;            ///< none runs, and none is set up to
    bool own_discipline = false;       ///< … but ours (`agent.discipline`)
    std::optional<QuorumWord> quorum;  ///< empty: nobody watches, or no majority
};

struct ClockVerdict {
    bool reachable = false;
    bool demonstrated = false;
    bool bound_untold = false;        ///< synchronised, but the daemon does not say how well
    bool by_quorum = false;           ///< the bound is that of the servers we ask, not the daemon's
    bool stale = false;               ///< the last update is older than three polls
    std::optional<ErrorBound> bound;  ///< what the daemon says; also when not demonstrated
    std::string condition;            ///< "at least 3 of its 5 sources are honest"
    std::string sentence;
    int voting = 0;                    ///< sources that answer
    int voters = 0;                    ///< of these, whom the daemon counts: the condition's
    int agreeing = 0;                  ///< of these, in the daemon's majority
    std::optional<int> authenticated;  ///< by NTS, among the agreeing
    Seconds age{};                     ///< of the last update
    Ppm grows;                         ///< what the bound grows by from this moment on

    /// Somebody tells of this clock: its daemon, or the servers that we ask.
    bool is_told() const { return reachable || by_quorum; }
};

/// The demonstrated bound `later`; empty: none is.
std::optional<Seconds> bound_after(const ClockVerdict& verdict, Seconds later);

ClockVerdict judge_clock(const ClockFacts& facts);

/// States of a source that agrees with the others: selected, combined, or selectable.
bool is_agreeing(const DaemonSource& source);
/// It answers at present: some reach, an address, and no refclock without samples.
bool is_answering(const DaemonSource& source);

}  // namespace clockwright
