/// The parts of a step while it is put together, whatever the daemon.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/plan.h"

namespace clockwright {

/// Keeps what every file will hold after the actions so far.
class StepWriter {
  public:
    StepWriter(const Found& found, const Digest& sha256);

    /// A new file belongs to whom the main file belongs to.
    WriteFile write(const std::string& path, std::string content, const std::string& main_file);

    const std::string& content(const std::string& path) { return files_[path].content; }

  private:
    const Digest& sha256_;
    std::map<std::string, FileState> files_;
};

/// In the order in which they run; the way back restores the files first.
struct StepParts {
    std::vector<WriteFile> writes;
    std::vector<Action> control, undo_control;
};

Step assemble_step(std::string title, StepParts parts, Expectation expect);

}  // namespace clockwright
