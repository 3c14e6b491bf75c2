/// What the agent remembers, one value a row: samples, the clock, verdicts, events, alerts, runs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "judge/candidate.h"
#include "time/sample.h"
#include "time/units.h"
#include "watch/alert.h"

namespace clockwright {

/// One poll of one server. Empty `offset`: it was lost, and `lost` says why.
struct SampleRow {
    WallTime at;
    std::string server;             ///< as written
    std::string address;            ///< of the time; empty: not resolved
    std::optional<Seconds> offset;  ///< θ against this clock
    /// θ less the consensus of the same cycle: what the server is off by, whatever this clock does.
    std::optional<Seconds> error;
    std::optional<Seconds> delay, root_distance;
    std::optional<int> stratum;
    bool authenticated = false;
    bool by_daemon = false;  ///< the daemon measured it, not we
    std::string lost;        ///< "no answer"

    friend bool operator==(const SampleRow&, const SampleRow&) = default;
};

/// Of a host that has no time daemon.
inline constexpr std::string_view no_daemon_word = "none";

/// This clock, as the daemon and the watched servers tell it; once a cycle.
struct ClockRow {
    WallTime at;
    std::optional<Seconds> offset, bound;  ///< empty: not demonstrated
    std::optional<Ppm> frequency;
    bool demonstrated = false;
    int stratum = 0;
    int agreeing = 0, judged = 0;
    std::optional<int> authenticated;
    std::optional<Seconds> consensus, consensus_bound;  ///< of the agent's own quorum
    std::string daemon;                                 ///< "chrony", `no_daemon_word`
    std::string sentence;

    friend bool operator==(const ClockRow&, const ClockRow&) = default;
};

/// A server's verdict changed.
struct VerdictRow {
    WallTime at;
    std::string server;
    Verdict verdict = Verdict::unreachable;
    std::string reason;

    friend bool operator==(const VerdictRow&, const VerdictRow&) = default;
};

/// Something happened: to this clock, a server, the daemon, the agent itself.
struct EventRow {
    WallTime at;
    std::string kind;     ///< "step", "suspend", "path", "daemon", "agent", "configuration", …
    std::string subject;  ///< the server, the daemon; empty: this host
    std::string text;     ///< one sentence
    std::optional<Seconds> size;

    friend bool operator==(const EventRow&, const EventRow&) = default;
};

/// An alert began, changed or ended.
struct AlertRow {
    WallTime at;
    AlertState state = AlertState::firing;
    std::string rule, subject;
    AlertSeverity severity = AlertSeverity::warning;
    std::string text;

    friend bool operator==(const AlertRow&, const AlertRow&) = default;
};

/// One scan with its decision.
struct RunRow {
    WallTime at;
    Seconds took{};
    int candidates = 0, packets = 0;
    std::vector<std::string> chosen;
    std::optional<Seconds> expected_error;
    std::optional<double> gain;
    std::string plan;     ///< the id of the plan made; empty: none
    std::string outcome;  ///< "nothing to change", "proposed", "applied", "refused", …
    std::string reason;

    friend bool operator==(const RunRow&, const RunRow&) = default;
};

using Record = std::variant<SampleRow, ClockRow, VerdictRow, EventRow, AlertRow, RunRow>;

}  // namespace clockwright
