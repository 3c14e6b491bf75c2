/// The record of changes: fsynced before each step, so that a crash at any point can be healed.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/apply.h"
#include "daemon/plan.h"
#include "result.h"
#include "store/lock.h"

namespace clockwright::store {

/// One change as the journal knows it.
struct Change {
    std::string id;  ///< plan id, with "-2", "-3" … when the same plan ran before
    WallTime at;
    std::string by, reason;  ///< who, and --reason
    Plan plan;
    Baseline baseline;
    std::vector<std::pair<int, int>> begun;  ///< (step, action) intents, in order
    std::optional<OutcomeKind> outcome;      ///< empty: unfinished
    bool verified = false;
    std::string outcome_reason;
    bool left_open = false;         ///< failed, and going back once more may mend it
    bool contents_dropped = false;  ///< pruned: the facts are here, the way back is not
    std::string fault;  ///< why the record cannot be read, by file and line; empty: it can
};

/// Files in `<state>/changes/`: `<time>-<id>.jsonl`, 0600 in a 0700 directory; the begin record
/// holds plan, before-contents of all files (the backup) and of the baseline what `state_to_json`
/// keeps. A record that cannot be read is a Change with a fault and counts as unfinished until its
/// file is moved away: nothing is lost silently.
class Journal {
  public:
    /// Makes the directory; as root it must be root's. Faults: failed, not_permitted.
    static Result<Journal> open(const std::string& state_directory);
    /// Read-only: an absent directory is an empty journal.
    static Result<Journal> open_to_read(const std::string& state_directory);

    /// Oldest first. A torn last line is what a crash leaves: ignored; nothing but one: no change.
    Result<std::vector<Change>> changes() const;
    /// The last one without an outcome, or left open by it, if any; with `config_file` of the
    /// daemon of that main file, for several may share a record. One that cannot be read is
    /// everybody's.
    Result<std::optional<Change>> unfinished(const std::string& config_file = {}) const;
    /// By id; "last" is the newest that was applied, with `config_file` to that daemon.
    Result<Change> find(const std::string& id, const std::string& config_file = {}) const;

    /// Begins a record and returns the change's id; durable when it returns.
    Result<std::string> begin(const Plan& plan, const Baseline& baseline, const std::string& by,
                              const std::string& reason, WallTime at);
    /// Appends to the open record; durable when it returns.
    Result<void> append(const std::string& id, const JournalLine& line, WallTime at);
    Result<void> close(const std::string& id, const Outcome& outcome, WallTime at);

    /// The contents are dropped from all but the newest `keep` applied changes, and the newest
    /// `keep` that came to another end; the facts stay.
    Result<void> prune(int keep = 5);

  private:
    explicit Journal(std::string directory);
    Result<std::vector<std::string>> files() const;
    Result<std::string> file_of(const std::string& id) const;
    Result<void> append_text(const std::string& id, const std::string& text);

    std::string directory_;
};

}  // namespace clockwright::store
