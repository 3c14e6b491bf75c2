#include "store/purge.h"

#include <fmt/format.h>

#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

namespace clockwright::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view beginning_of_temporary = ".clockwright-";

/// Files by what their names begin and end with; `directory` relative to the state, empty: itself.
struct Kind {
    const char* directory;
    std::string_view begin, end;
};
constexpr Kind kinds[] = {
    {"changes", "", ".jsonl"}, {"audit", "", ".chain"},     {"audit", "base", ""},
    {"audit", "", ".head"},    {"audit", "", ".head.sig"},  {"audit", "lock", ""},
    {"", "agent.lock", ""},    {"proposals", "", ".plan"},  {"notices", "", ".json"},
    {"", "memory.json", ""},   {"", "block-list.json", ""}, {"", "server-list.json", ""},
    {"", "agent.json", ""},    {"", "agent-word.json", ""}, {"", "alerts.json", ""},
    {"", "silences.json", ""}, {"", "deliveries.json", ""}, {"", "discipline.json", ""},
    {"", "record.sqlite", ""},
};

Result<void> remove_one(const fs::path& path) {
    std::error_code error;
    fs::remove(path, error);  // of a directory only when it is empty
    if (!error || error == std::errc::no_such_file_or_directory ||
        error == std::errc::directory_not_empty)
        return {};
    return fail(error == std::errc::permission_denied ? Fault::not_permitted : Fault::failed,
                fmt::format("cannot remove {}: {}", path.string(), error.message()));
}

template <class IsOurs>
Result<void> remove_within(const fs::path& directory, IsOurs is_ours) {
    std::error_code error;
    if (!fs::is_directory(fs::symlink_status(directory, error))) return {};
    std::vector<fs::path> ours;
    for (const auto& entry : fs::directory_iterator(directory, error))
        if (is_ours(entry.path().filename().string())) ours.push_back(entry.path());
    for (const fs::path& path : ours) TRY(remove_one(path));
    return {};
}

/// Each place has a directory of its own there, and nothing else lies in it.
Result<void> remove_spools(const fs::path& spools) {
    std::error_code error;
    if (!fs::is_directory(fs::symlink_status(spools, error))) return {};
    std::vector<fs::path> places;
    for (const auto& entry : fs::directory_iterator(spools, error))
        if (fs::is_directory(entry.symlink_status(error))) places.push_back(entry.path());
    for (const fs::path& place : places) {
        TRY(remove_within(place, [](const std::string&) { return true; }));
        TRY(remove_one(place));
    }
    return remove_one(spools);
}

}  // namespace

Result<void> purge(const std::string& state_directory) {
    const fs::path state(state_directory);
    for (const Kind& kind : kinds) {
        const fs::path directory = *kind.directory == '\0' ? state : state / kind.directory;
        TRY(remove_within(directory, [&](const std::string& name) {
            return name.starts_with(beginning_of_temporary) ||
                   (name.starts_with(kind.begin) && name.ends_with(kind.end));
        }));
        if (directory != state) TRY(remove_one(directory));
    }
    TRY(remove_spools(state / "spool"));
    return remove_one(state);
}

}  // namespace clockwright::store
