#include "store/lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "store/durable_file.h"

namespace clockwright::store {
namespace {

/// " (pid 611)", or nothing when the holder has not written it yet.
std::string holder_of(const Descriptor& file) {
    std::array<char, 16> text{};
    const auto got = ::pread(file.number(), text.data(), text.size(), 0);
    std::string digits;
    for (std::size_t i = 0; std::cmp_less(i, got) && text[i] >= '0' && text[i] <= '9'; ++i)
        digits += text[i];
    return digits.empty() ? digits : fmt::format(" (pid {})", digits);
}

Result<Descriptor> open_lock(const std::string& path) {
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return std::unexpected(last_error("lock", path));
    return file;
}

/// Who removed the record meanwhile removed its lock too, and the next one locks another file.
bool is_at(const Descriptor& file, const std::string& path) {
    struct stat ours{}, there{};
    return ::fstat(file.number(), &ours) == 0 && ::lstat(path.c_str(), &there) == 0 &&
           ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

}  // namespace

Lock::Lock(int descriptor) : descriptor_(descriptor) {}
Lock::Lock(Lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Lock& Lock::operator=(Lock&& other) noexcept {
    if (this != &other) {
        if (descriptor_ >= 0) ::close(descriptor_);
        descriptor_ = std::exchange(other.descriptor_, -1);
    }
    return *this;
}

Lock::~Lock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Lock> Lock::take(const std::string& path) {
    Descriptor file = TRY(open_lock(path));
    if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return std::unexpected(last_error("lock", path));
        return fail(Fault::refused,
                    fmt::format("another clockwright{} holds {}", holder_of(file), path));
    }
    if (!is_at(file, path)) return take(path);
    if (::ftruncate(file.number(), 0) != 0) return std::unexpected(last_error("lock", path));
    if (auto written = write_all(file, fmt::format("{}\n", ::getpid()), path); !written)
        return std::unexpected(written.error());
    return Lock(file.release());
}

Result<Lock> Lock::await(const std::string& path) {
    Descriptor file = TRY(open_lock(path));
    while (::flock(file.number(), LOCK_EX) != 0) {
        if (errno != EINTR) return std::unexpected(last_error("lock", path));
    }
    if (!is_at(file, path)) return await(path);
    return Lock(file.release());
}

}  // namespace clockwright::store
