/// The agent's own files: what it must know after a restart, and its last word.
#pragma once

#include <memory>
#include <string>

#include "app/agent_memory.h"
#include "app/config.h"
#include "publish/agent_word.h"
#include "store/sqlite_history.h"
#include "system/rewritten_file.h"
#include "watch/alert_book.h"

namespace clockwright::app {

/// Where the agent keeps its record, and its alerts: the service has a place of its own,
/// which `history` and `alert` of root look into. Not trusted with root's rights:
/// system/act_as.h.
std::string agent_directory(const Config& config);

/// What the unit that may change the daemon did last for the agent of the service; empty: nothing
/// since the host was booted.
std::optional<AgentMemory> decision_of_service();

/// The agent's record, to read.
Result<store::SqliteHistory> open_record(const Config& config);

class AgentFiles {
  public:
    explicit AgentFiles(const Config& config);

    /// Empty where there is none. One that is damaged, of a newer release or not ours to read is
    /// kept aside with a remark, and what was replaced before is unknown then.
    AgentMemory load(WallTime now, std::string& remark) const;
    Result<void> save(const AgentMemory& memory);
    /// Writes what has changed, without waiting for the disk. `running`: the agent goes on.
    Result<void> save(const AgentMemory& memory, const AlertBook& alerts, const Now& now,
                      bool running);
    /// What was written outlasts a power cut. It may wait.
    Result<void> sync() const;

    /// For `status` and `check`; nothing is synced, for it is worth nothing after a crash.
    Result<void> leave_word(const Snapshot& snapshot);
    void take_word_back();  ///< the agent ends by itself

  private:
    std::string memory_file_, alerts_file_;
    system::RewrittenFile word_;
    std::string saved_memory_;  ///< as it lies there
};

/// Of the agent that runs here: the service's, or one that keeps its state where this user does.
/// Null: none runs, or its word cannot be read.
std::shared_ptr<const AgentWord> agents_word(const Config& config);

}  // namespace clockwright::app
