#include "store/record_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "store/durable_file.h"
#include "time/spell.h"

namespace clockwright::store {
namespace {

constexpr mode_t mode = 0640;

std::string directory_of(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}

/// What SQLite keeps beside it, and tells by the name.
constexpr const char* companions[] = {"-wal", "-shm"};

enum class Use : std::uint8_t { write, read };

/// Root takes nobody's word for a file; all others see only what they may read.
bool is_trusted(const struct stat& status, const std::string& path, Use use) {
    if (::geteuid() != 0) return true;
    if ((status.st_mode & 022U) != 0) return false;
    if (status.st_uid == 0) return true;
    struct stat directory{};
    return use == Use::read && ::stat(directory_of(path).c_str(), &directory) == 0 &&
           directory.st_uid == status.st_uid && (directory.st_mode & 022U) == 0;
}

Result<void> check(const std::string& path, Use use) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) return std::unexpected(last_error("open", path));
    if (S_ISLNK(status.st_mode))
        return fail(Fault::bad_input, path + " is a symbolic link, which is not followed");
    if (!S_ISREG(status.st_mode)) return fail(Fault::bad_input, path + " is no regular file");
    if (!is_trusted(status, path, use))
        return fail(Fault::bad_input, path + " must be owned by root and writable by nobody else");
    return {};
}

}  // namespace

std::string record_path(const std::string& state_directory) {
    return state_directory + "/record.sqlite";
}

std::string log_path(const std::string& record) {
    return record + companions[0];
}

Result<void> prepare_record(const std::string& path) {
    TRY(make_private_directory(directory_of(path)));
    const Descriptor made(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (made) {
        if (::fchmod(made.number(), mode) != 0) return std::unexpected(last_error("make", path));
        return {};
    }
    if (errno != EEXIST) return std::unexpected(last_error("make", path));
    return check(path, Use::write);
}

Result<void> check_record(const std::string& path) {
    return check(path, Use::read);
}

Result<std::string> set_aside(const std::string& path, const std::string& why, WallTime now) {
    const std::string wanted = fmt::format("{}.{}-{}", path, why, rfc3339(now));
    std::string aside = wanted;
    for (int n = 2; ::access(aside.c_str(), F_OK) == 0; ++n)
        aside = fmt::format("{}.{}", wanted, n);
    if (std::rename(path.c_str(), aside.c_str()) != 0)
        return std::unexpected(last_error("rename", path));
    for (const char* companion : companions)
        std::rename((path + companion).c_str(), (aside + companion).c_str());
    TRY(sync_directory_of(path));
    return aside;
}

}  // namespace clockwright::store
