#include "store/purge.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace clockwright::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* our_files[] = {"memory.json", "block-list.json", "server-list.json"};

/// A record of a change, or what was left of writing one of our files.
bool is_ours_among_changes(const fs::path& path) {
    return path.extension() == ".jsonl" || path.filename().string().starts_with(".clockwright-");
}

Result<void> remove_one(const fs::path& path) {
    std::error_code error;
    fs::remove(path, error);  // of a directory only when it is empty
    if (!error || error == std::errc::no_such_file_or_directory ||
        error == std::errc::directory_not_empty)
        return {};
    return fail(error == std::errc::permission_denied ? Fault::not_permitted : Fault::failed,
                fmt::format("cannot remove {}: {}", path.string(), error.message()));
}

}  // namespace

Result<void> purge(const std::string& state_directory) {
    const fs::path state(state_directory), changes = state / "changes";
    std::error_code error;
    if (fs::is_directory(fs::symlink_status(changes, error)))
        for (const auto& entry : fs::directory_iterator(changes, error))
            if (is_ours_among_changes(entry.path())) TRY(remove_one(entry.path()));
    TRY(remove_one(changes));
    for (const char* name : our_files) {
        TRY(remove_one(state / name));
        TRY(remove_one(state / (std::string(name) + ".lock")));
    }
    return remove_one(state);
}

}  // namespace clockwright::store
