#include "system/file_io.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "system/digest.h"

namespace clockwright::system {

namespace {

std::string reason(int number) {
    switch (number) {
        case ELOOP:
            return "it is a symbolic link";
        case EINVAL:
            return "it is no regular file";
        default:
            return errno_text(number);
    }
}

}  // namespace

Error file_error(std::string_view verb, const std::string& path, int number) {
    const bool forbidden = number == EACCES || number == EPERM || number == EROFS;
    return {.fault = forbidden ? Fault::not_permitted : Fault::failed,
            .message = fmt::format("cannot {} {}: {}", verb, path, reason(number))};
}

std::expected<Descriptor, int> open_regular(int at, const std::string& name) {
    // Without O_NONBLOCK, opening a FIFO would wait for a writer.
    Descriptor file{::openat(at, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!file.is_open()) {
        return std::unexpected(errno);
    }
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) {
        return std::unexpected(errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return std::unexpected(EINVAL);
    }
    return file;
}

std::expected<std::string, int> read_all(int descriptor) {
    std::string content;
    std::array<char, 16384> buffer;
    for (;;) {
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return std::unexpected(errno);
        }
        if (got == 0) {
            return content;
        }
        content.append(buffer.data(), static_cast<std::size_t>(got));
        if (content.size() > largest_file) {
            return std::unexpected(EFBIG);
        }
    }
}

std::expected<void, int> write_all(int descriptor, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return std::unexpected(errno);
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<FileState> read_state(int at, const std::string& name, const std::string& path) {
    FileState state;
    state.path = path;
    const auto file = open_regular(at, name);
    if (!file && (file.error() == ENOENT || file.error() == ENOTDIR)) {
        return state;
    }
    if (!file) {
        return std::unexpected(file_error("read", path, file.error()));
    }
    struct stat status{};
    if (::fstat(file->get(), &status) != 0) {
        return std::unexpected(file_error("read", path, errno));
    }
    auto content = read_all(file->get());
    if (!content) {
        return std::unexpected(file_error("read", path, content.error()));
    }
    state.exists = true;
    state.content = std::move(*content);
    state.sha256 = sha256_hex(state.content);
    state.mode = status.st_mode & 07777U;
    state.uid = status.st_uid;
    state.gid = status.st_gid;
    return state;
}

}  // namespace clockwright::system
