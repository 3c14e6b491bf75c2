// Who runs this, where, and what may be trusted: the free functions of local_host.h.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "system/file_io.h"
#include "system/local_host.h"

namespace clockwright::system {

namespace {

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 10 &&
           std::ranges::all_of(text, [](char letter) { return letter >= '0' && letter <= '9'; });
}

}  // namespace

std::uint64_t random_bits() {
    std::uint64_t bits = 0;
    while (::getrandom(&bits, sizeof bits, 0) != sizeof bits) {
    }
    return bits;
}

std::string machine_id() {
    auto text = read_trusted("/etc/machine-id");
    if (!text || text->size() < 32) return {};
    text->resize(32);
    const bool good = std::ranges::all_of(*text, [](char letter) {
        return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
    });
    return good ? std::move(*text) : std::string{};
}

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
    return name.data();
}

bool is_root() {
    return ::geteuid() == 0;
}

std::string user_text() {
    const char* before_sudo = std::getenv("SUDO_UID");
    if (is_root() && before_sudo != nullptr && is_number(before_sudo)) {
        return fmt::format("uid {} (sudo)", before_sudo);
    }
    return fmt::format("uid {}", ::geteuid());
}

Result<std::string> read_trusted(const std::string& path) {
    const auto file = open_regular(AT_FDCWD, path);
    if (!file && file.error() == ELOOP) {
        return fail(Fault::bad_input,
                    fmt::format("{} is a symbolic link and is not followed", path));
    }
    if (!file) {
        Error error = file_error("read", path, file.error());
        if (error.fault == Fault::failed) error.fault = Fault::bad_input;
        return std::unexpected(std::move(error));
    }
    struct stat status{};
    if (::fstat(file->get(), &status) != 0) {
        return std::unexpected(file_error("read", path, errno));
    }
    if (is_root() && status.st_uid != 0) {
        return fail(Fault::bad_input,
                    fmt::format("{} belongs to uid {}, not to root", path, status.st_uid));
    }
    if (is_root() && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return fail(Fault::bad_input, fmt::format("{} is writable by others than root", path));
    }
    auto content = read_all(file->get());
    if (!content) {
        return std::unexpected(file_error("read", path, content.error()));
    }
    return std::move(*content);
}

std::string changed_by_others(const std::string& path) {
    for (std::size_t end = path.size(); end != std::string::npos;
         end = end == 0 ? std::string::npos : path.rfind('/', end - 1)) {
        const std::string part = end == 0 ? "/" : path.substr(0, end);
        struct stat status{};
        if (::lstat(part.c_str(), &status) != 0) return fmt::format("{} cannot be looked at", part);
        if (status.st_uid != 0)
            return fmt::format("{} belongs to uid {}, not to root", part, status.st_uid);
        if (!S_ISLNK(status.st_mode) && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
            return fmt::format("{} is writable by others than root", part);
    }
    return {};
}

}  // namespace clockwright::system
