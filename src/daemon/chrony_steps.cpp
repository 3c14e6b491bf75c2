#include "daemon/chrony_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>
#include <set>

#include "daemon/chrony_nts.h"
#include "daemon/verify.h"

namespace clockwright::chrony {
namespace {

constexpr std::string_view own_name = "/clockwright.sources";

bool reloadable(const SourceLine& line) {
    return line.file.ends_with(".sources");
}

Authentication authentication_of(const SourceLine& line) {
    return line.nts ? Authentication::nts : Authentication::none;
}

/// Keeps what every file will hold after the actions so far.
class Writer {
  public:
    Writer(const Found& found, const Digest& sha256) : sha256_(sha256) {
        for (const auto& file : found.files) files_[file.path] = file;
        if (!found.own.path.empty()) files_[found.own.path] = found.own;
    }

    /// A new file belongs to whom the main file belongs to.
    WriteFile write(const std::string& path, std::string content, const std::string& main_file) {
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

    const std::string& content(const std::string& path) { return files_[path].content; }

  private:
    const Digest& sha256_;
    std::map<std::string, FileState> files_;
};

/// The parts of a step in the order in which they run; the way back restores the files first.
struct StepParts {
    std::vector<WriteFile> writes;
    std::vector<Action> control, undo_control;
};

Step assemble_step(std::string title, StepParts parts, Expectation expect) {
    Step step{.title = std::move(title), .actions = {}, .undo = {}, .expect = std::move(expect)};
    for (const auto& write : parts.writes) step.actions.emplace_back(write);
    for (const auto& write : parts.writes | std::views::reverse)
        step.undo.emplace_back(WriteFile{.before = write.after, .after = write.before});
    std::ranges::copy(parts.control, std::back_inserter(step.actions));
    std::ranges::copy(parts.undo_control, std::back_inserter(step.undo));
    return step;
}

ExpectedSource expected(const SourceLine& line) {
    return {.name = line.name,
            .pool = line.type == SourceLine::Type::pool,
            .authentication = authentication_of(line)};
}

bool names(const std::vector<SourceLine>& lines, const std::string& name) {
    return std::ranges::any_of(lines, [&](const auto& line) { return same_word(line.name, name); });
}

bool has_unresolved(const DaemonState& state, const std::string& name) {
    return std::ranges::any_of(state.sources, [&](const auto& source) {
        return !source.refclock && source.name == name && !source.address;
    });
}

/// The foreign part of an expectation: what the daemon lists stays listed; what only a file knows
/// may come or not. Lines of `gone` are no longer wanted, but without an address chronyd forgets
/// one only at its next restart.
void expect_foreign(Expectation& expectation, const Found& found,
                    const std::vector<SourceLine>& gone) {
    const auto own = own_lines(found);
    const auto foreign = foreign_lines(found);
    std::set<std::string> done;
    for (const auto& source : expectation.sources) done.insert(source.name);
    for (const auto& name : listed_names(found.state)) {
        if (names(own, name) && !names(foreign, name)) continue;
        if (!done.insert(name).second) continue;
        const auto line = std::ranges::find_if(
            foreign, [&](const auto& known) { return same_word(known.name, name); });
        ExpectedSource source;
        if (line != foreign.end()) source = expected(*line);
        source.name = name;
        source.kept_foreign = true;
        source.may_be_absent = line == foreign.end();
        if (names(gone, name)) {
            if (reloadable(*line) || !has_unresolved(found.state, name)) continue;
            source.may_be_absent = true;
        }
        expectation.sources.push_back(std::move(source));
    }
    for (const auto& line : foreign) {
        if (names(gone, line.name) || !done.insert(line.name).second) continue;
        auto source = expected(line);
        source.kept_foreign = source.may_be_absent = true;
        expectation.sources.push_back(std::move(source));
    }
}

Expectation expectation_of(const Found& found, const std::vector<SourceLine>& staying,
                           const std::vector<SourceLine>& added,
                           const std::vector<SourceLine>& gone, int minimum) {
    Expectation expectation;
    expectation.minimum = minimum;
    for (const auto& line : staying) expectation.sources.push_back(expected(line));
    for (const auto& line : added) {
        auto source = expected(line);
        source.added = true;
        expectation.sources.push_back(std::move(source));
    }
    expect_foreign(expectation, found, gone);
    return expectation;
}

/// The union must stand on what will remain: add, confirm, only then remove (rule T-6).
Expectation without_support_of(Expectation expectation, const std::vector<SourceLine>& leaving) {
    for (auto& source : expectation.sources) {
        source.leaving = !source.added && names(leaving, source.name);
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

/// Lines of the main file and of confdir are read once, so chronyd is told by command.
void drop_taken(StepParts& parts, const SourceChange& change, const Found& found, Writer& writer) {
    std::map<std::string, std::vector<int>> by_file;
    for (const auto& line : change.taken) by_file[line.file].push_back(line.line);
    for (const auto& [path, lines] : by_file)
        parts.writes.push_back(
            writer.write(path, take_over(writer.content(path), lines), found.config.main_file));
    for (const auto& line : change.taken) {
        if (reloadable(line)) continue;
        for (const auto& source : found.state.sources)
            if (!source.refclock && source.address && source.name == line.name)
                parts.control.emplace_back(
                    DeleteSource{.name = source.name, .address = *source.address});
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

bool is_own_path(std::string_view path) {
    return path.ends_with(own_name);
}

bool is_our_edit(std::string_view a, std::string_view b) {
    return untouched_lines(a) == untouched_lines(b);
}

std::string directory_for_new_sourcedir(const Config& config) {
    const auto slash = config.main_file.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : config.main_file.substr(0, slash);
}

std::string own_path(const Found& found) {
    if (!found.own_file.empty()) return found.own_file;
    return directory_for_new_sourcedir(found.config) + std::string(own_name);
}

Expectation present_state(const Found& found) {
    const auto listed = listed_names(found.state);
    auto expectation = expectation_of(found, own_lines(found), {}, {}, 0);
    for (auto& source : expectation.sources)
        source.may_be_absent |= std::ranges::find(listed, source.name) == listed.end();
    expectation.proof_only = true;
    return expectation;
}

std::vector<Step> build_steps(const Found& found, const SourceChange& change,
                              const PlanSettings& settings) {
    Writer writer(found, settings.sha256);
    const auto path = own_path(found);
    const auto& main_file = found.config.main_file;
    const auto minimum = usable_wanted(change, settings.minimum);
    const auto replaces = !change.removed.empty() || !change.taken.empty();
    std::vector<Step> steps;

    if (!change.added.empty()) {
        const auto staying = joined(change.kept, not_replaced(change.removed, change.added));
        StepParts parts;
        Action tell = ReloadSources{};
        if (found.own_file.empty()) {
            parts.writes.push_back(
                writer.write(main_file,
                             with_sourcedir(writer.content(main_file),
                                            directory_for_new_sourcedir(found.config)),
                             main_file));
            tell = RestartDaemon{.argv = settings.restart};
        }
        parts.writes.push_back(
            writer.write(path, render_file(joined(change.added, staying)), main_file));
        parts.control = parts.undo_control = {tell};
        if (replaces_options(change)) {
            parts.control.push_back(tell);
            parts.undo_control.push_back(tell);
        }
        steps.push_back(assemble_step(
            "add", std::move(parts),
            without_support_of(expectation_of(found, staying, change.added, {}, minimum),
                               joined(change.removed, change.taken))));
    }
    if (replaces) {
        const auto final_lines = joined(change.kept, change.added);
        StepParts parts{
            .writes = {}, .control = {ReloadSources{}}, .undo_control = {ReloadSources{}}};
        drop_taken(parts, change, found, writer);
        if (const auto content = render_file(final_lines);
            !change.removed.empty() && content != writer.content(path))
            parts.writes.push_back(writer.write(path, content, main_file));
        steps.push_back(
            assemble_step("final", std::move(parts),
                          expectation_of(found, final_lines, {}, change.taken, minimum)));
    }
    return steps;
}

}  // namespace clockwright::chrony
