#include "daemon/step_writer.h"

#include <algorithm>
#include <ranges>

namespace clockwright {

StepWriter::StepWriter(const Found& found, const Digest& sha256) : sha256_(sha256) {
    for (const auto& file : found.files) files_[file.path] = file;
    if (!found.own.path.empty()) files_[found.own.path] = found.own;
}

WriteFile StepWriter::write(const std::string& path, std::string content,
                            const std::string& main_file) {
    auto& file = files_[path];
    file.path = path;
    WriteFile action{.before = file, .after = file};
    action.after.exists = true;
    action.after.content = std::move(content);
    action.after.sha256 = sha256_(action.after.content);
    if (const auto main = files_.find(main_file); !file.exists && main != files_.end()) {
        action.after.mode = 0644;
        action.after.uid = main->second.uid;
        action.after.gid = main->second.gid;
    }
    file = action.after;
    return action;
}

Step assemble_step(std::string title, StepParts parts, Expectation expect) {
    Step step{.title = std::move(title), .actions = {}, .undo = {}, .expect = std::move(expect)};
    for (const auto& write : parts.writes) step.actions.emplace_back(write);
    for (const auto& write : parts.writes | std::views::reverse)
        step.undo.emplace_back(WriteFile{.before = write.after, .after = write.before});
    std::ranges::copy(parts.control, std::back_inserter(step.actions));
    std::ranges::copy(parts.undo_control, std::back_inserter(step.undo));
    return step;
}

}  // namespace clockwright
