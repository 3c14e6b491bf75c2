/// The agent's own files in the state directory: what it must know after a restart.
#pragma once

#include <memory>
#include <string>

#include "app/agent_memory.h"
#include "app/config.h"
#include "publish/agent_note.h"
#include "watch/alert_book.h"

namespace clockwright::app {

class AgentFiles {
  public:
    explicit AgentFiles(std::string state_directory) : directory_(std::move(state_directory)) {}

    /// Empty where there is none; with a remark where it is damaged or not ours to read.
    AgentMemory load(std::string& remark) const;
    /// Writes what has changed. `running`: the agent goes on.
    Result<void> save(const AgentMemory& memory, const AlertBook& alerts, const Now& now,
                      bool running);

    /// For `status` and `check`; nothing is synced, for it is worth nothing after a crash.
    Result<void> leave_word(const Snapshot& snapshot) const;
    void take_word_back() const;  ///< the agent ends by itself

  private:
    std::string directory_;
    std::string saved_memory_;  ///< as it lies there
};

/// Of the agent that runs here: the service's, or one that keeps its state where this user does.
/// Null: none runs, or its word cannot be read.
std::shared_ptr<const AgentNote> agents_word(const Config& config);

}  // namespace clockwright::app
