#include "daemon/chrony_globals.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "daemon/marks.h"

namespace clockwright::chrony {
namespace {

constexpr std::string_view own_name = "/clockwright.conf";

/// Ours: the number in our file. Empty: it is not there, or no number.
std::optional<int> own_minsources(const DaemonConfig& config) {
    const Directive* directive = config.find("minsources");
    if (directive == nullptr || directive->arguments.empty() || !is_globals_path(directive->file))
        return std::nullopt;
    const std::string& text = directive->arguments.front();
    int number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc{} ? std::optional(number) : std::nullopt;
}

bool is_set_by_others(const DaemonConfig& config) {
    const Directive* directive = config.find("minsources");
    return directive != nullptr && !is_globals_path(directive->file);
}

std::string file_with(std::optional<int> minsources) {
    std::string text = std::string(own_file_mark) + '\n';
    if (minsources) text += fmt::format("minsources {}\n", *minsources);
    return text;
}

}  // namespace

std::string globals_path(const DaemonConfig& config) {
    for (const Directive* confdir : config.all("confdir"))
        for (const std::string& directory : confdir->arguments)
            if (directory.starts_with('/') && !directory.starts_with("/run/") &&
                !directory.starts_with("/var/run/"))
                return directory + std::string(own_name);
    return {};
}

bool is_globals_path(std::string_view path) {
    return path.ends_with(own_name);
}

std::optional<int> wanted_minsources(const DaemonConfig& config, std::size_t members) {
    const bool special = std::ranges::any_of(
        config.sources, [](const SourceLine& line) { return line.prefer || line.trust; });
    if (members < 4 || special || config.find("refclock") || config.find("local"))
        return std::nullopt;
    return members >= 5 ? 3 : 2;
}

std::optional<std::string> wanted_globals(const Found& found, const SourceChange& change,
                                          std::size_t members, const PlanSettings& settings) {
    if (!settings.allow_restart || settings.restart.empty() || is_set_by_others(found.config) ||
        globals_path(found.config).empty())
        return std::nullopt;
    const auto wanted = wanted_minsources(found.config, members);
    if (wanted == own_minsources(found.config)) return std::nullopt;
    const auto quick = std::ranges::count_if(lines_after(change), &SourceLine::iburst);
    if (quick < std::max<std::ptrdiff_t>(settings.minimum, wanted.value_or(1))) return std::nullopt;
    return file_with(wanted);
}

std::optional<int> out_of_reach(const DaemonConfig& config, std::size_t members) {
    const auto own = own_minsources(config);
    return own && static_cast<std::size_t>(std::max(*own, 0)) > members ? own : std::nullopt;
}

std::string globals_note(const Found& found, const SourceChange& change, std::size_t members) {
    const auto wanted = wanted_minsources(found.config, members);
    if (change.globals)
        return wanted ? fmt::format(
                            "minsources {}: chronyd sets the clock only while so many "
                            "sources agree; it is read by a restart",
                            *wanted)
                      : "minsources goes: this set is too small for it; it is read by a restart";
    if (!wanted || found.config.find("minsources")) return {};
    if (globals_path(found.config).empty())
        return fmt::format(
            "left out: minsources {} would go into a file of ours, and {} names no confdir "
            "outside /run for it",
            *wanted, found.config.main_file);
    return fmt::format(
        "left out: minsources {} needs a restart of chronyd, which would re-arm makestep "
        "(--allow-restart)",
        *wanted);
}

}  // namespace clockwright::chrony
