#include "daemon/restarted_dialect.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "daemon/marks.h"
#include "daemon/step_writer.h"
#include "time/spell.h"

namespace clockwright {
namespace {

std::vector<int> numbers_of(const std::vector<SourceLine>& lines) {
    std::vector<int> numbers;
    for (const auto& line : lines)
        for (int number = line.line; number <= std::max(line.line, line.last_line); ++number)
            numbers.push_back(number);
    return numbers;
}

}  // namespace

Result<void> RestartedDialect::check(const Found& found, const SourceChange& change,
                                     const PlanSettings& settings) const {
    if (settings.restart.empty() && !change.empty())
        return fail(fmt::format("[daemon] restart names no command: {}; write {} and restart it",
                                traits().why_restart, own_path(found.config)));
    return {};
}

bool RestartedDialect::needs_restart(const Found&, const SourceChange& change) const {
    return !change.empty();
}

/// One step: a restart forgets what the daemon had learned of its old sources, so that nothing is
/// won by keeping them for a while.
std::vector<Step> RestartedDialect::build_steps(const Found& found, const SourceChange& change,
                                                const PlanSettings& settings) const {
    StepWriter writer(found, settings.sha256);
    StepParts parts;
    std::map<std::string, std::vector<SourceLine>> taken;
    for (const auto& line : change.taken) taken[line.file].push_back(line);
    const auto& main_file = found.config.main_file;
    const auto path = own_path(found.config);
    auto own = writer.content(path);
    for (const auto& [file, lines] : taken) {
        auto text = without_lines(writer.content(file), lines);
        if (file == path)
            own = std::move(text);
        else if (text != writer.content(file))
            parts.writes.push_back(writer.write(file, std::move(text), main_file));
    }
    if (auto text = own_text(own, change); text != writer.content(path))
        parts.writes.push_back(writer.write(path, std::move(text), main_file));
    parts.control = parts.undo_control = {RestartDaemon{.argv = settings.restart}};

    auto gone = change.taken;
    gone.insert(gone.end(), change.yielding.begin(), change.yielding.end());
    std::vector<Step> steps;
    steps.push_back(assemble_step("replace", std::move(parts),
                                  expectation_of(found, change.kept, change.added, gone,
                                                 traits().one_server ? 1 : settings.minimum)));
    // A restarted daemon begins anew: whatever it lists was asked after the restart.
    for (auto& source : steps.front().expect.sources)
        if (!source.kept_foreign) source.added = true;
    return steps;
}

std::vector<std::string> RestartedDialect::notes(const Found&, const SourceChange&,
                                                 const Selection&) const {
    return {fmt::format("a restart is needed: {}", traits().why_restart)};
}

bool RestartedDialect::is_own_write(const WriteFile& write) const {
    return is_own_path(write.after.path) ||
           differs_by_our_marks(write.before.content, write.after.content);
}

std::string RestartedDialect::own_text(const std::string& before,
                                       const SourceChange& change) const {
    return with_block(before, render(change.wanted));
}

std::string RestartedDialect::without_lines(const std::string& content,
                                            const std::vector<SourceLine>& taken) const {
    return take_over(content, numbers_of(taken));
}

Result<void> RestartedDialect::refuse_faults(std::string_view name, const Found& found,
                                             const SourceChange& change) {
    if (change.empty() || found.config.faults.empty()) return {};
    return fail(Fault::refused, fmt::format("{} would not start again with this configuration: {}",
                                            name, printable(found.config.faults.front())));
}

}  // namespace clockwright
