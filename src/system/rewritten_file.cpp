#include "system/rewritten_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "system/file_io.h"

namespace clockwright::system {
namespace {

/// Somebody put another file there, or none.
bool has_no_name(const Descriptor& file) {
    struct stat status{};
    return ::fstat(file.get(), &status) != 0 || status.st_nlink == 0;
}

}  // namespace

Result<void> RewrittenFile::write(std::string_view text) {
    if (!file_.is_open() || has_no_name(file_)) {
        ::unlink(path_.c_str());
        file_ = Descriptor(
            ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
        if (!file_.is_open()) return std::unexpected(file_error("write", path_, errno));
        length_ = 0;
    }
    std::string whole(text);
    whole.resize(std::max(text.size(), length_), ' ');
    ::lseek(file_.get(), 0, SEEK_SET);
    if (const auto written = write_all(file_.get(), whole); !written) {
        file_.close();  // of half a text nobody knows the length
        return std::unexpected(file_error("write", path_, written.error()));
    }
    length_ = whole.size();
    return {};
}

void RewrittenFile::remove() {
    ::unlink(path_.c_str());
    file_.close();
}

}  // namespace clockwright::system
