#include "system/user_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>

#include "system/descriptor.h"
#include "system/file_io.h"

namespace clockwright::system {
namespace {

constexpr std::size_t largest = std::size_t{64} << 20U;

bool is_device_or_pipe(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) &&
           !S_ISDIR(status.st_mode);
}

/// Where a path leads: links stay what they are.
struct Place {
    std::string path;               ///< of no link
    std::optional<int> descriptor;  ///< one of this process (/dev/stdout, /dev/fd/5): instead of it
};

Place place_of(const std::string& path) {
    namespace fs = std::filesystem;
    constexpr int most_links = 40;
    fs::path place = path;
    for (int links = 0; links < most_links; ++links) {
        std::error_code error;
        const fs::path directory =
            fs::canonical(place.has_parent_path() ? place.parent_path() : ".", error);
        if (error) break;
        if (directory == fmt::format("/proc/{}/fd", ::getpid())) {
            const std::string name = place.filename().string();
            int number = 0;
            const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
            if (read.ec == std::errc{} && read.ptr == name.data() + name.size())
                return {path, number};
        }
        place = directory / place.filename();
        if (!fs::is_symlink(fs::symlink_status(place, error))) return {place.string(), {}};
        const fs::path target = fs::read_symlink(place, error);
        if (error) break;
        place = directory / target;  // an absolute one stands for itself
    }
    return {path, {}};
}

Result<void> write_directly(const std::string& path, std::string_view content) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    const auto written = file.is_open() ? write_all(file.get(), content) : std::unexpected(errno);
    if (!written) return std::unexpected(file_error("write", path, written.error()));
    return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
    const auto cannot = [&](const std::string& why) {
        return fail(Fault::bad_input, fmt::format("cannot read {}: {}", path, why));
    };
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) return cannot(errno_text(errno));
    std::string content;
    char block[65536];
    for (;;) {
        const ssize_t got = ::read(file.get(), block, sizeof block);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot(errno_text(errno));
        if (got == 0) return content;
        content.append(block, static_cast<std::size_t>(got));
        if (content.size() > largest) return cannot("it is larger than 64 MiB");
    }
}

Result<void> write_new_file(const std::string& wanted, std::string_view content, Keep keep) {
    const auto& [path, descriptor] = place_of(wanted);
    if (descriptor) {
        const auto written = write_all(*descriptor, content);
        if (!written) return std::unexpected(file_error("write", wanted, written.error()));
        return {};
    }
    if (is_device_or_pipe(path)) return write_directly(path, content);
    const std::string temporary = fmt::format("{}.{}.part", path, ::getpid());
    ::unlink(temporary.c_str());  // of a process with this number that was killed while it wrote
    const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!file.is_open()) return std::unexpected(file_error("write", path, errno));
    auto written = write_all(file.get(), content);
    const bool safe = written && (keep == Keep::fleeting || ::fsync(file.get()) == 0);
    const bool in_place = safe && ::rename(temporary.c_str(), path.c_str()) == 0;
    if (in_place) return {};
    const int number = written ? errno : written.error();
    ::unlink(temporary.c_str());
    return std::unexpected(file_error("write", path, number));
}

Result<void> make_directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos || slash == 0) return {};
    const std::string directory = path.substr(0, slash);
    if (::mkdir(directory.c_str(), 0755) == 0 || errno == EEXIST) return {};
    return std::unexpected(file_error("make directory", directory, errno));
}

void remove_file(const std::string& path) {
    ::unlink(path.c_str());
}

}  // namespace clockwright::system
