/// One whole decision: look at the daemon, measure, judge, hold the gate, make the plan.
#pragma once

#include <optional>
#include <string>

#include "app/daemon_access.h"
#include "app/judgement.h"
#include "app/measure.h"
#include "app/verbs.h"
#include "daemon/plan.h"

namespace clockwright::app {

/// What was found out; the ground of a decision.
struct Run {
    Measured measured;
    Judged judged;
    SetComparison comparison;
    GateDecision gate;
};

/// What decides among equal servers here (SetSettings::machine). Of the machine's id, which is
/// never shown, it holds no more than half the bits; a cryptographic digest would cost every run
/// the start of its library.
std::string lots_of_this_machine();

/// Gathers, measures, judges and holds the gate against the daemon's present set.
/// `view` null: without a daemon.
Result<Run> run_once(const Context& context, const DaemonView* view);

/// With takeover a foreign line no longer stays whatever we choose; leases do, what is read after
/// our own file, and what the daemon could not be given back by command.
void release_foreign(std::vector<Candidate>& candidates, const DaemonView* view);

/// Remembers how often in a row a better set was found: `scan` and `apply` do, `plan` does not.
void remember_confirmation(const Run& run, const Config& config);

struct Decision {
    DaemonView view;
    Run run;
    Plan plan;                ///< without steps when there is nothing to do, or nothing can be done
    std::optional<Error> no;  ///< why there is no plan: no acceptable set (failed), or refused
    bool no_set = false;      ///< exit code 3: no acceptable set, nothing measured
};

/// Faults are those of the daemon, the network or the command line; "no set" and "refused" are in
/// the decision, because the measurement behind them is worth showing.
Result<Decision> make_decision(const Context& context);

/// The plan's id: six hex digits of its content, the moment left out.
std::string plan_id(Plan plan);

}  // namespace clockwright::app
