// write_file of local_host.h: a file is replaced as a whole, or stays as it was.

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "system/file_io.h"
#include "system/local_host.h"

namespace clockwright::system {

namespace {

/// A new file beside the one it will replace; unlinked unless it took its place.
class TemporaryFile {
  public:
    static std::expected<TemporaryFile, int> make(int directory);

    TemporaryFile(TemporaryFile&& other) noexcept
        : directory_(other.directory_),
          name_(std::exchange(other.name_, {})),
          file_(std::move(other.file_)) {}
    ~TemporaryFile() {
        if (!name_.empty()) {
            ::unlinkat(directory_, name_.c_str(), 0);
        }
    }

    std::expected<void, int> fill(const FileState& wanted);

    /// `replace` false: EEXIST when a file of that name is there by now.
    std::expected<void, int> take_place_of(const std::string& name, bool replace);

  private:
    TemporaryFile(int directory, std::string name, Descriptor file)
        : directory_(directory), name_(std::move(name)), file_(std::move(file)) {}

    int directory_;
    std::string name_;
    Descriptor file_;
};

std::expected<void, int> checked(int returned) {
    if (returned != 0) {
        return std::unexpected(errno);
    }
    return {};
}

/// No daemon reads a name that begins with a dot and ends in no suffix.
std::string temporary_name() {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz012345";
    std::string name = ".clockwright-";
    std::uint64_t bits = random_bits();
    for (int i = 0; i < 6; ++i, bits >>= 5U) {
        name += letters[bits & 31U];
    }
    return name;
}

std::expected<TemporaryFile, int> TemporaryFile::make(int directory) {
    constexpr int attempts = 16;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        std::string name = temporary_name();
        Descriptor file{::openat(directory, name.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
        if (file.is_open()) {
            return TemporaryFile{directory, std::move(name), std::move(file)};
        }
        if (errno != EEXIST) {
            return std::unexpected(errno);
        }
    }
    return std::unexpected(EEXIST);
}

std::expected<void, int> TemporaryFile::fill(const FileState& wanted) {
    if (auto written = write_all(file_.get(), wanted.content); !written) {
        return written;
    }
    struct stat status{};
    if (::fstat(file_.get(), &status) != 0) {
        return std::unexpected(errno);
    }
    const bool owned = status.st_uid == wanted.uid && status.st_gid == wanted.gid;
    if (!owned && ::fchown(file_.get(), wanted.uid, wanted.gid) != 0) {
        return std::unexpected(errno);
    }
    if (::fchmod(file_.get(), wanted.mode) != 0) {
        return std::unexpected(errno);
    }
    return checked(::fsync(file_.get()));
}

std::expected<void, int> TemporaryFile::take_place_of(const std::string& name, bool replace) {
    int done = -1;
    if (replace) {
        done = ::renameat(directory_, name_.c_str(), directory_, name.c_str());
    } else {
        done = ::renameat2(directory_, name_.c_str(), directory_, name.c_str(), RENAME_NOREPLACE);
        if (done != 0 && errno == EINVAL) {  // a file system that cannot promise it
            done = ::renameat(directory_, name_.c_str(), directory_, name.c_str());
        }
    }
    if (done == 0) {
        name_.clear();
    }
    return checked(done);
}

struct Place {
    std::string directory;
    std::string name;
};

Place split(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return {.directory = slash == 0 ? "/" : path.substr(0, slash), .name = path.substr(slash + 1)};
}

Result<void> check_before(const FileState& before, int directory, const std::string& name) {
    const auto present = read_state(directory, name, before.path);
    if (!present) {
        return std::unexpected(present.error());
    }
    if (present->exists != before.exists) {
        return fail(Fault::refused, fmt::format("{} {}", before.path,
                                                before.exists ? "is gone since the plan was made"
                                                              : "exists since the plan was made"));
    }
    if (present->sha256 != before.sha256) {
        return fail(Fault::refused,
                    fmt::format("{} was changed since the plan was made", before.path));
    }
    return {};
}

std::expected<void, int> replace(int directory, const std::string& name, const WriteFile& action) {
    if (!action.after.exists) {
        return checked(action.before.exists ? ::unlinkat(directory, name.c_str(), 0) : 0);
    }
    auto temporary = TemporaryFile::make(directory);
    if (!temporary) {
        return std::unexpected(temporary.error());
    }
    if (auto filled = temporary->fill(action.after); !filled) {
        return filled;
    }
    return temporary->take_place_of(name, action.before.exists);
}

/// The directory of a drop-in may be missing, as long as the one it goes into is there. Nobody's
/// umask has a say in it.
void make_directory(const std::string& directory) {
    if (::mkdir(directory.c_str(), 0755) != 0) return;  // opening it will tell
    ::chmod(directory.c_str(), 0755);
    const Place place = split(directory);
    const Descriptor parent{::open(place.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (parent.is_open()) ::fsync(parent.get());
}

}  // namespace

Result<void> write_file(const WriteFile& action) {
    const std::string& path = action.after.path;
    if (!path.starts_with('/') || path.ends_with('/') || path != action.before.path) {
        return fail(Fault::bad_input, fmt::format("'{}' is no absolute path of a file", path));
    }
    const Place place = split(path);
    if (action.after.exists && !action.before.exists) make_directory(place.directory);
    const Descriptor directory{::open(place.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!directory.is_open()) {
        return std::unexpected(file_error("open", place.directory, errno));
    }
    if (auto same = check_before(action.before, directory.get(), place.name); !same) {
        return same;
    }
    if (auto replaced = replace(directory.get(), place.name, action); !replaced) {
        if (replaced.error() == EEXIST) {
            return fail(Fault::refused, fmt::format("{} exists since the plan was made", path));
        }
        const char* verb = action.after.exists ? "write" : "remove";
        return std::unexpected(file_error(verb, path, replaced.error()));
    }
    if (::fsync(directory.get()) != 0) {
        return std::unexpected(file_error("make lasting", place.directory, errno));
    }
    return {};
}

}  // namespace clockwright::system
