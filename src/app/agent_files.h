/// The agent's own files in the state directory: what it must know after a restart.
#pragma once

#include <string>

#include "app/agent_memory.h"
#include "watch/alert_book.h"

namespace clockwright::app {

class AgentFiles {
  public:
    explicit AgentFiles(std::string state_directory) : directory_(std::move(state_directory)) {}

    /// Empty where there is none; with a remark where it is damaged or not ours to read.
    AgentMemory load(std::string& remark) const;
    AlertBook::Entries load_alerts(const Now& now, std::string& remark) const;
    /// Writes what has changed. `running`: the agent goes on.
    Result<void> save(const AgentMemory& memory, const AlertBook& alerts, const Now& now,
                      bool running);

  private:
    std::string directory_;
    std::string saved_memory_;  ///< as it lies there
};

}  // namespace clockwright::app
