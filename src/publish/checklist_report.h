/// Steps of something that is to be done once, each with what shows it or what does it.
#pragma once

#include <string>
#include <vector>

namespace clockwright {

struct ChecklistStep {
    std::string id;  ///< stable: "daemon_enabled"
    bool done = false;
    std::string what;   ///< a sentence without a full stop, as it is now
    std::string to_do;  ///< of a step not done: an exact command
};

/// "4 of 6 steps are done.", the steps in order, and what to do next.
std::string checklist_text(const std::vector<ChecklistStep>& steps, bool colour = false);
/// {"clockwright", "complete", "steps": [{"id", "done", "what", "to_do"}]}
std::string checklist_json(const std::vector<ChecklistStep>& steps);

}  // namespace clockwright
