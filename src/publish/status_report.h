/// `status` and `check`: the verdict with the facts beside it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/host_facts.h"
#include "find/provenance.h"
#include "publish/clock_verdict.h"

namespace clockwright {

/// What `status -v` tells besides.
struct StatusDetails {
    std::vector<DaemonPresence> daemons;
    std::vector<ProvenanceRow> provenance;
};

struct AgentWord;

struct StatusReport {
    DaemonKind kind = DaemonKind::chrony;
    ClockFacts facts;
    ClockVerdict verdict;
    bool not_permitted = false;       ///< the daemon is there, but closed to this user
    std::string daemon_text;          ///< "chrony, pid 611; disciplines the clock"
    std::string last_change;          ///< "7f3c9a applied and verified 2026-…"; empty: none
    std::string unfinished;           ///< a change a crash left behind, in words; empty: none
    bool last_change_failed = false;  ///< … and the old state was not proved
    std::vector<std::string> notes;
    std::optional<StatusDetails> details;
    std::shared_ptr<const AgentWord> agent;  ///< null: no agent runs

    /// "chrony", or `no_daemon_word`.
    std::string daemon_word() const;
};

std::string status_json(const StatusReport& report);
std::string status_text(const StatusReport& report, bool colour = false);

/// What `check` compares with.
struct CheckLimits {
    Seconds warning{0.1}, critical{0.5};
    int warning_agreeing = 3, critical_agreeing = 2;
    /// Names of `--expect`; empty optional: not asked.
    std::optional<std::vector<std::string>> expected;
};

struct CheckAnswer {
    int code = 3;      ///< 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN
    std::string line;  ///< one line with performance data, newline at the end
};

CheckAnswer check_answer(const StatusReport& report, const CheckLimits& limits);
std::string check_json(const StatusReport& report, const CheckAnswer& answer);

}  // namespace clockwright
