/// Drives daemon/apply against the real machine: journal, files, control socket, waiting.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/daemon_access.h"
#include "app/verbs.h"
#include "daemon/apply.h"
#include "daemon/plan.h"
#include "ntp/budget.h"
#include "store/journal.h"

namespace clockwright::app {

/// What came of a change, and the id of its record.
struct Done {
    Outcome outcome;
    std::string id;
    bool interrupted = false;
    bool went_on = false;  ///< a roll-back that was left unfinished and was begun again
};

/// Nothing was to be done, and why.
Done nothing_done(std::string id, std::string reason);

/// 32 s after our last packet to a public server a daemon may begin a burst of its own there: what
/// is left of them now. A packet from the future (the clock was set) holds nothing up.
Seconds rest_after(const std::vector<ntp::Spent>& spent, WallTime now);

/// Public addresses that the daemon lists and `listed` has not: with iburst it greets them by a
/// burst. `listed` becomes what it lists now.
std::vector<IpAddress> greeted(std::set<IpAddress>& listed, const DaemonState& state);

/// 130 for an interrupt that left nothing half done, else by the outcome.
int exit_code_of(const Done& done);

/// Beside the daemon's configuration, so that whoever changes it finds the same one.
std::string lock_path(const DaemonPlace& place);

/// Called after every journal line is durable; a test may end the process there.
using AfterJournal = std::function<void(const JournalLine&)>;

/// Who looks after a change while nobody else does.
struct Guard {
    std::function<void(const std::string& id)> begun;  ///< recorded, nothing done yet
    std::function<void(const Done& done)> ended;       ///< its record is closed, nobody told yet
};

class Transaction {
  public:
    /// Takes the lock beside the daemon's configuration and opens the journal.
    /// Faults: not_permitted, refused (another change is at work).
    static Result<Transaction> begin(const Context& context, const DaemonPlace& place);

    /// What a crash left of a change of this daemon: walks it back first; a roll-back is then
    /// begun again, for nobody wants what it was to undo. Empty: nothing was left.
    Result<std::optional<Done>> heal();

    /// Runs the plan to its outcome. The daemon is asked for its state before the first step,
    /// unless `baseline` says what it was.
    Result<Done> run(const Plan& plan, const std::string& reason,
                     std::optional<Baseline> baseline = {}, const Guard& guard = {});

    store::Journal& journal() { return journal_; }
    void observe(AfterJournal after_journal) { after_journal_ = std::move(after_journal); }

  private:
    Transaction(const Context& context, DaemonPlace place, store::Lock lock,
                store::Journal journal);

    ApplyEvent carry_out(const ApplyEffect& effect, const std::string& id);
    Result<void> perform(const Action& action);
    Result<DaemonState> ask_daemon();
    void remember_bursts(const DaemonState& state);
    ApplySettings settings_for(Seconds rest) const;
    Done drive(Apply machine, const std::string& id);
    void tell(const Plan& plan, const Baseline& baseline, const std::string& reason,
              const Done& done);

    const Context* context_;
    DaemonPlace place_;
    store::Lock lock_;
    store::Journal journal_;
    AfterJournal after_journal_;
    std::set<IpAddress> listed_;  ///< when the daemon was asked last
    bool only_removes_ = false;   ///< the plan brings no source
    Now began_;
    bool interrupted_ = false;
};

/// "Found unfinished change 7f3c9c (2026-…); …": for verbs that only read. Empty: none.
std::string unfinished_text(const store::Journal& journal);
std::string unfinished_text(const Config& config);

}  // namespace clockwright::app
