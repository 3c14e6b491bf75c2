#include "system/local_host.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "system/clock_programs.h"
#include "system/file_io.h"

namespace clockwright::system {

namespace {

/// Where package managers keep what nobody edits in place.
constexpr std::string_view stores[] = {"/nix/store/", "/gnu/store/", "/ostree/"};

bool is_link(const std::string& path) {
    std::error_code error;
    return std::filesystem::is_symlink(path, error);
}

}  // namespace

Result<FileState> LocalHost::read(const std::string& path) const {
    if (!is_link(path)) return read_state(AT_FDCWD, path, path);
    std::error_code error;
    const std::string real = std::filesystem::canonical(path, error).string();
    if (error) return fail(fmt::format("cannot read {}: {}", path, errno_text(error.value())));
    if (real == "/dev/null") {  // systemd's way to say that a file of this name says nothing
        FileState nothing;
        nothing.path = path;
        nothing.exists = true;
        nothing.sha256 = sha256_hex("");
        return nothing;
    }
    return read_state(AT_FDCWD, real, path);
}

std::string LocalHost::link_target(const std::string& path) const {
    std::error_code error;
    return std::filesystem::read_symlink(path, error).string();
}

std::vector<std::string> LocalHost::list(const std::string& directory,
                                         std::string_view suffix) const {
    std::vector<std::string> paths;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
        std::string path = entry.path().string();
        if (path.ends_with(suffix)) {
            paths.push_back(std::move(path));
        }
    }
    std::ranges::sort(paths);
    return paths;
}

std::vector<std::string> LocalHost::glob(const std::string& pattern) const {
    std::vector<std::string> paths;
    glob_t found{};
    if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
        paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
    std::ranges::sort(paths);
    return paths;
}

std::string LocalHost::why_not_writable(const std::string& directory) const {
    std::error_code error;
    const std::string real = std::filesystem::canonical(directory, error).string();
    if (error == std::errc::no_such_file_or_directory && !is_link(directory)) {
        // It would be made: then what it goes into decides.
        const std::filesystem::path parent = std::filesystem::path(directory).parent_path();
        if (std::filesystem::exists(parent, error)) return why_not_writable(parent.string());
        return fmt::format("{} cannot be used: no such file or directory", directory);
    }
    if (error) {
        return fmt::format("{} cannot be used: {}", directory, errno_text(error.value()));
    }
    for (const std::string_view store : stores) {
        if (real.starts_with(store)) {
            return fmt::format("{} lies in the store {}", directory, real);
        }
    }
    if (!std::filesystem::is_directory(real, error)) {
        return fmt::format("{} is no directory", directory);
    }
    if (::faccessat(AT_FDCWD, real.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
        return fmt::format("{} cannot be written: {}", directory, errno_text(errno));
    }
    return {};
}

std::vector<ClockProgram> LocalHost::clock_programs() const {
    return system::clock_programs("/proc");
}

}  // namespace clockwright::system
