#include "daemon/chrony_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "daemon/chrony_globals.h"
#include "daemon/chrony_nts.h"
#include "daemon/chrony_source_line.h"
#include "daemon/dialect.h"
#include "daemon/marks.h"
#include "daemon/step_writer.h"

namespace clockwright::chrony {
namespace {

constexpr std::string_view own_name = "/clockwright.sources";

/// The union must stand on what will remain: add, confirm, only then remove (rule T-6). What
/// another line names as well stays.
Expectation without_support_of(Expectation expectation, const std::vector<SourceLine>& leaving,
                               const std::vector<SourceLine>& staying) {
    for (auto& source : expectation.sources) {
        source.leaving =
            !source.added && names(leaving, source.name) && !names(staying, source.name);
    }
    return expectation;
}

std::vector<SourceLine> joined(std::vector<SourceLine> lines, const std::vector<SourceLine>& more) {
    lines.insert(lines.end(), more.begin(), more.end());
    return lines;
}

/// Without the lines whose names come again with other options: chronyd takes a name's address
/// once.
std::vector<SourceLine> not_replaced(std::vector<SourceLine> removed,
                                     const std::vector<SourceLine>& added) {
    std::erase_if(removed, [&](const auto& line) { return names(added, line.name); });
    return removed;
}

/// A name comes again with other options. A reload then only drops the source (seen on chronyd
/// 4.3); the next one adds it.
bool replaces_options(const SourceChange& change) {
    return std::ranges::any_of(change.removed,
                               [&](const auto& line) { return names(change.added, line.name); });
}

void comment_taken_out(StepParts& parts, const SourceChange& change, const Found& found,
                       StepWriter& writer) {
    std::map<std::string, std::vector<int>> by_file;
    for (const auto& line : change.taken) by_file[line.file].push_back(line.line);
    for (const auto& [path, lines] : by_file)
        parts.writes.push_back(
            writer.write(path, take_over(writer.content(path), lines), found.config.main_file));
}

/// Lines of the main file and of confdir are read once, so chronyd is told by command. A pool may
/// have places left that chronyd would give addresses later.
void drop_taken(StepParts& parts, const SourceChange& change, const Found& found) {
    for (const auto& line : change.taken) {
        if (is_reloaded(line)) continue;
        bool waits = false;
        for (const auto& source : found.state.sources) {
            if (source.refclock || source.name != line.name) continue;
            waits |= !source.address;
            if (source.address)
                parts.control.emplace_back(
                    DeleteSource{.name = source.name, .address = *source.address});
        }
        if (waits) parts.control.emplace_back(DeleteSource{.name = line.name, .address = {}});
        auto plain = line;
        plain.file.clear();
        parts.undo_control.emplace_back(AddSource{.line = render(plain)});
    }
}

std::string with_sourcedir(std::string content, const std::string& directory) {
    if (!content.empty() && !content.ends_with('\n')) content += '\n';
    return fmt::format("{}{}\nsourcedir {}\n", content, sourcedir_marker, directory);
}

/// The lines of a foreign file as they were before we touched it.
std::vector<std::string_view> untouched_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    auto after_marker = false;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto ours =
            line == sourcedir_marker || (after_marker && line.starts_with("sourcedir "));
        after_marker = line == sourcedir_marker;
        if (ours) continue;
        if (line.starts_with(takeover_marker) &&
            parse_source_line(line.substr(takeover_marker.size())))
            line.remove_prefix(takeover_marker.size());
        lines.push_back(line);
    }
    return lines;
}

}  // namespace

std::string render_file(const std::vector<SourceLine>& lines) {
    std::vector<std::string> rendered;
    std::ranges::transform(lines, std::back_inserter(rendered), render);
    std::ranges::sort(rendered);
    std::string text = std::string(own_file_mark) + '\n';
    for (const auto& line : rendered) text += line + '\n';
    return text;
}

bool is_own_path(std::string_view path) {
    return path.ends_with(own_name);
}

bool is_our_edit(std::string_view a, std::string_view b) {
    return untouched_lines(a) == untouched_lines(b);
}

std::string directory_for_new_sourcedir(const DaemonConfig& config) {
    return directory_of(config.main_file);
}

std::string own_path(const DaemonConfig& config) {
    if (!config.own_file.empty()) return config.own_file;
    return directory_for_new_sourcedir(config) + std::string(own_name);
}

std::vector<Step> build_steps(const Found& found, const SourceChange& change,
                              const PlanSettings& settings) {
    StepWriter writer(found, settings.sha256);
    const auto path = own_path(found.config);
    const auto& main_file = found.config.main_file;
    const auto minimum = usable_wanted(change, settings.minimum);
    const auto replaces = !change.removed.empty() || !change.taken.empty();
    const Action restart = RestartDaemon{.argv = settings.restart};
    std::vector<Step> steps;

    // The last step has what is read at a start only.
    const auto write_globals = [&](StepParts& parts) {
        parts.writes.push_back(
            writer.write(globals_path(found.config), *change.globals, main_file));
    };

    if (!change.added.empty()) {
        const auto staying = joined(change.kept, not_replaced(change.removed, change.added));
        StepParts parts;
        Action tell = ReloadSources{};
        if (found.config.own_file.empty()) {
            parts.writes.push_back(
                writer.write(main_file,
                             with_sourcedir(writer.content(main_file),
                                            directory_for_new_sourcedir(found.config)),
                             main_file));
            tell = restart;
        }
        parts.writes.push_back(
            writer.write(path, render_file(joined(change.added, staying)), main_file));
        if (change.globals && !replaces) {
            write_globals(parts);
            tell = restart;
        }
        parts.control = parts.undo_control = {tell};
        if (replaces_options(change)) {
            parts.control.push_back(tell);
            parts.undo_control.push_back(tell);
        }
        steps.push_back(assemble_step(
            "add", std::move(parts),
            without_support_of(expectation_of(found, staying, change.added, {}, minimum),
                               joined(change.removed, change.taken), change.staying)));
    }
    if (replaces) {
        const auto final_lines = joined(change.kept, change.added);
        StepParts parts;
        comment_taken_out(parts, change, found, writer);
        parts.control = parts.undo_control = {change.globals ? restart : Action{ReloadSources{}}};
        if (!change.globals) drop_taken(parts, change, found);
        if (const auto content = render_file(final_lines);
            !change.removed.empty() && content != writer.content(path))
            parts.writes.push_back(writer.write(path, content, main_file));
        if (change.globals) write_globals(parts);
        steps.push_back(
            assemble_step("final", std::move(parts),
                          expectation_of(found, final_lines, {}, change.taken, minimum)));
    }
    return steps;
}

}  // namespace clockwright::chrony
