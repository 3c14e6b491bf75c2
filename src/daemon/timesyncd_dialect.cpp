#include "daemon/timesyncd_dialect.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/marks.h"
#include "daemon/timesyncd_conf.h"
#include "time/spell.h"

namespace clockwright::timesyncd {
namespace {

bool stays_before_ours(const SourceChange& change) {
    return std::ranges::any_of(change.staying, [](const auto& line) { return !line.after_ours; });
}

/// An empty `NTP=` behind our file would take our servers away again.
const Directive* later_reset(const DaemonConfig& config) {
    const auto found = std::ranges::find_if(config.directives, [&](const auto& directive) {
        return directive.name == "reset" && is_read_after(directive.file, config.own_file);
    });
    return found == config.directives.end() ? nullptr : &*found;
}

/// "ntp1 (/etc/systemd/timesyncd.conf:3)" of the foreign lines on that side of ours.
std::string places_of(const SourceChange& change, bool after_ours) {
    std::vector<std::string> places;
    for (const auto& line : change.staying)
        if (line.after_ours == after_ours)
            places.push_back(printable(fmt::format("{} ({})", line.name, line.location())));
    return fmt::format("{}", fmt::join(places, ", "));
}

}  // namespace

Result<DaemonConfig> TimesyncdDialect::parse(const std::string& main_file,
                                             const ConfigFiles& files) const {
    return timesyncd::parse(main_file, files);
}

std::string TimesyncdDialect::render(const std::vector<SourceLine>& lines) const {
    return timesyncd::render(lines, true);
}

Result<void> TimesyncdDialect::check(const Found& found, const SourceChange& change,
                                     const PlanSettings& settings) const {
    const auto* reset = later_reset(found.config);
    if (reset != nullptr && !change.wanted.empty())
        return fail(Fault::refused,
                    fmt::format("{}:{} empties the list of servers after {} was read; put this "
                                "into a file that sorts after it\n{}",
                                printable(reset->file), reset->line, found.config.own_file,
                                render(change.wanted)));
    return RestartedDialect::check(found, change, settings);
}

std::vector<std::string> TimesyncdDialect::notes(const Found& found, const SourceChange& change,
                                                 const Selection& selection) const {
    auto notes = RestartedDialect::notes(found, change, selection);
    notes.emplace_back(
        "systemd-timesyncd follows one server at a time, the first that answers: no agreement can "
        "be claimed");
    if (const auto places = places_of(change, false); !places.empty() && !change.wanted.empty())
        notes.push_back(
            fmt::format("it asks {} before ours; --takeover puts ours in their place", places));
    if (const auto places = places_of(change, true); !places.empty())
        notes.push_back(
            fmt::format("{}: read after {}, which can empty only what is read before; "
                        "they stay behind ours",
                        places, found.config.own_file));
    return notes;
}

bool TimesyncdDialect::is_own_path(std::string_view path) const {
    return path.ends_with(fmt::format("/{}", own_name));
}

std::string TimesyncdDialect::own_text(const std::string&, const SourceChange& change) const {
    return fmt::format("{}\n{}", own_file_mark,
                       timesyncd::render(change.wanted, !stays_before_ours(change)));
}

std::string TimesyncdDialect::without_lines(const std::string& content,
                                            const std::vector<SourceLine>&) const {
    return content;
}

}  // namespace clockwright::timesyncd
