#include "daemon/chrony_dialect.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "daemon/chrony_config.h"
#include "daemon/chrony_globals.h"
#include "daemon/chrony_nts.h"
#include "daemon/chrony_source_line.h"
#include "daemon/chrony_steps.h"

namespace clockwright::chrony {
Result<DaemonConfig> ChronyDialect::parse(const std::string& main_file,
                                          const ConfigFiles& files) const {
    return chrony::parse(main_file, files);
}

std::string ChronyDialect::own_path(const DaemonConfig& config) const {
    return chrony::own_path(config);
}

std::string ChronyDialect::render(const std::vector<SourceLine>& lines) const {
    std::vector<std::string> rendered;
    for (const auto& line : lines) rendered.push_back(chrony::render(line) + "\n");
    std::ranges::sort(rendered);
    std::string text;
    for (const auto& line : rendered) text += line;
    return text;
}

bool ChronyDialect::needs_restart(const Found& found, const SourceChange& change) const {
    return change.globals || (found.config.own_file.empty() && !change.added.empty());
}

std::optional<std::string> ChronyDialect::globals(const Found& found, const SourceChange& change,
                                                  const Selection& selection,
                                                  const PlanSettings& settings) const {
    return wanted_globals(found, change, selection.ensemble.members.size(), settings);
}

Result<void> ChronyDialect::check(const Found& found, const SourceChange& change,
                                  const PlanSettings& settings) const {
    const std::size_t sources = lines_after(change).size();
    if (const auto number = out_of_reach(found.config, sources); number && !change.globals)
        return fail(Fault::refused,
                    fmt::format("{} says minsources {}, and this set has {}: chronyd would set "
                                "nothing; --allow-restart takes it out",
                                globals_path(found.config), *number, sources));
    if (!found.config.own_file.empty()) return {};
    const auto line = "sourcedir " + directory_for_new_sourcedir(found.config);
    if (!settings.allow_restart)
        return fail(Fault::refused,
                    fmt::format("{} has no sourcedir outside /run: add the line \"{}\" and restart "
                                "chronyd, or give --allow-restart",
                                found.config.main_file, line));
    if (settings.restart.empty())
        return fail(
            fmt::format("[daemon] restart names no command: add the line \"{}\" to {} and "
                        "restart chronyd",
                        line, found.config.main_file));
    return {};
}

std::vector<Step> ChronyDialect::build_steps(const Found& found, const SourceChange& change,
                                             const PlanSettings& settings) const {
    return chrony::build_steps(found, change, settings);
}

std::vector<std::string> ChronyDialect::notes(const Found& found, const SourceChange& change,
                                              const Selection& selection) const {
    auto notes = nts_notes(found.config, change);
    if (auto note = globals_note(found, change, selection.ensemble.members.size()); !note.empty())
        notes.insert(notes.begin(), std::move(note));
    return notes;
}

Seconds ChronyDialect::start_step(const DaemonConfig& config) const {
    const Directive* makestep = config.find("makestep");
    if (makestep == nullptr) return Seconds{std::numeric_limits<double>::infinity()};
    Seconds threshold = traits().start_step;
    if (!makestep->arguments.empty()) {
        const auto& text = makestep->arguments.front();
        double seconds = threshold.count();
        std::from_chars(text.data(), text.data() + text.size(), seconds);
        threshold = Seconds{seconds};
    }
    return threshold;
}

bool ChronyDialect::is_own_write(const WriteFile& write) const {
    return is_own_path(write.after.path) || is_globals_path(write.after.path) ||
           is_our_edit(write.before.content, write.after.content);
}

}  // namespace clockwright::chrony
