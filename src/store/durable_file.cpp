#include "store/durable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace clockwright::store {
namespace {

constexpr std::size_t largest_file = 64U << 20U;

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// Without root everything that can be read is taken.
bool is_own(const struct stat& status) {
    return ::geteuid() != 0 || (status.st_uid == 0 && (status.st_mode & 022U) == 0);
}

std::string not_own(const std::string& path) {
    return fmt::format("{} must be owned by root and writable by nobody else", path);
}

Result<void> check_private(const std::string& path) {
    const Descriptor directory(
        ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status{};
    if (!directory || ::fstat(directory.number(), &status) != 0)
        return std::unexpected(last_error("open", path));
    if (!is_own(status)) return fail(Fault::bad_input, not_own(path));
    return {};
}

/// Whose a file must be to be believed.
enum class Trust { anybody, own, secret };

Result<std::string> read_regular(const std::string& path, bool* missing, Trust trust) {
    if (missing) *missing = false;
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    const Fault faulty = trust == Trust::anybody ? Fault::failed : Fault::bad_input;
    if (!file) {
        if (missing) *missing = errno == ENOENT;
        if (errno == ELOOP)
            return fail(faulty, path + " is a symbolic link, which is not followed");
        return std::unexpected(last_error("read", path));
    }
    struct stat status{};
    if (::fstat(file.number(), &status) != 0) return std::unexpected(last_error("read", path));
    if (!S_ISREG(status.st_mode)) return fail(faulty, path + " is no regular file");
    if (trust != Trust::anybody && !is_own(status)) return fail(Fault::bad_input, not_own(path));
    if (trust == Trust::secret && (status.st_mode & 077U) != 0) {
        return fail(Fault::bad_input, path + " is a secret that others may read: chmod 600 it");
    }
    std::string content;
    std::array<char, 65536> block{};
    while (content.size() <= largest_file) {
        const auto got = ::read(file.number(), block.data(), block.size());
        if (got == 0) return content;
        if (got > 0)
            content.append(block.data(), static_cast<std::size_t>(got));
        else if (errno != EINTR)
            return std::unexpected(last_error("read", path));
    }
    return fail(faulty, path + " is larger than 64 MiB");
}

/// `settle`: what is done with the file before it gets its name.
Result<void> put(const std::string& path, std::string_view content, auto settle) {
    // Beginning as every temporary file of ours, by which a crash's are known.
    const std::size_t name = path.rfind('/') + 1;
    auto temporary = path.substr(0, name) + ".clockwright-" + path.substr(name) + ".XXXXXX";
    const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!file) return std::unexpected(last_error("write", path));
    auto written = write_all(file, content, path);
    if (written && (!settle(file) || ::rename(temporary.c_str(), path.c_str()) != 0))
        written = std::unexpected(last_error("write", path));
    if (!written) ::unlink(temporary.c_str());
    return written;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        if (number_ >= 0) ::close(number_);
        number_ = other.release();
    }
    return *this;
}

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

int Descriptor::release() {
    return std::exchange(number_, -1);
}

Error last_error(std::string_view what, const std::string& path) {
    const auto number = errno;
    const auto denied = number == EACCES || number == EPERM || number == EROFS;
    return {denied ? Fault::not_permitted : Fault::failed,
            fmt::format("cannot {} {}: {}", what, path,
                        std::error_code(number, std::generic_category()).message())};
}

Result<void> make_private_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        if (errno != ENOENT || path == directory_of(path))
            return std::unexpected(last_error("make directory", path));
        if (auto above = make_private_directory(directory_of(path)); !above) return above;
        if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
            return std::unexpected(last_error("make directory", path));
    }
    return check_private(path);
}

Result<std::string> read_file(const std::string& path, bool* missing) {
    return read_regular(path, missing, Trust::anybody);
}

Result<std::string> read_own_file(const std::string& path, bool* missing) {
    return read_regular(path, missing, Trust::own);
}

Result<std::string> read_secret_file(const std::string& path, bool* missing) {
    return read_regular(path, missing, Trust::secret);
}

Result<void> write_all(const Descriptor& file, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const auto put = ::write(file.number(), bytes.data(), bytes.size());
        if (put >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(put));
        else if (errno != EINTR)
            return std::unexpected(last_error("write", path));
    }
    return {};
}

Result<void> sync_directory_of(const std::string& path) {
    const auto name = directory_of(path);
    const Descriptor directory(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.number()) != 0)
        return std::unexpected(last_error("sync", name));
    return {};
}

Result<void> put_file(const std::string& path, std::string_view content) {
    return put(path, content, [](const Descriptor&) { return true; });
}

Result<void> sync_file(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file || ::fsync(file.number()) != 0) return std::unexpected(last_error("sync", path));
    return sync_directory_of(path);
}

Result<void> replace_file(const std::string& path, std::string_view content) {
    TRY(put(path, content, [](const Descriptor& file) { return ::fsync(file.number()) == 0; }));
    return sync_directory_of(path);
}

}  // namespace clockwright::store
