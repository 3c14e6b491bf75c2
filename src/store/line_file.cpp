#include "store/line_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <vector>

#include "store/durable_file.h"
#include "time/spell.h"

namespace clockwright::store {
namespace {

/// A file that was put aside, and when.
struct Aside {
    WallTime at;
    std::filesystem::path path;
    std::uint64_t size = 0;
};

std::vector<Aside> asides_of(const std::string& path) {
    const std::filesystem::path whole(path);
    const std::string prefix = whole.filename().string() + ".";
    std::vector<Aside> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(whole.parent_path(), error)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(prefix)) continue;
        const auto at = parse_rfc3339(std::string_view(name).substr(prefix.size()));
        std::error_code unknown;
        if (at) found.push_back({*at, entry.path(), entry.file_size(unknown)});
    }
    std::ranges::sort(found, std::ranges::greater{}, &Aside::at);
    return found;
}

struct Opened {
    Descriptor file;
    std::uint64_t size = 0;
};

Result<Opened> open_to_append(const std::string& path) {
    Opened opened{Descriptor(::open(
        path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
        0644))};
    struct stat status{};
    if (!opened.file || ::fstat(opened.file.number(), &status) != 0)
        return std::unexpected(last_error("write", path));
    if (!S_ISREG(status.st_mode)) return fail(Fault::bad_input, path + " is no regular file");
    opened.size = static_cast<std::uint64_t>(status.st_size);
    return opened;
}

/// A crash cut the last line off before its end.
bool ends_within_line(const Opened& opened) {
    char last = '\n';
    return opened.size > 0 &&
           ::pread(opened.file.number(), &last, 1, static_cast<off_t>(opened.size - 1)) == 1 &&
           last != '\n';
}

}  // namespace

Result<void> LineFile::append(std::string_view lines, WallTime now, bool sure) {
    waiting_ += lines;
    while (waiting_.size() > most_waiting) {
        waiting_.erase(0, waiting_.find('\n') + 1);
        ++lost_;
    }
    if (waiting_.empty()) return {};
    TRY(write(now));
    waiting_.clear();
    if (tidy_due_) tidy(now, sure);
    tidy_due_ = false;
    return {};
}

void LineFile::follow(const LineFile& old) {
    lost_ = old.lost_;
    if (path_ == old.path_ && head_ == old.head_)
        waiting_ = old.waiting_;
    else
        lost_ += static_cast<std::uint64_t>(std::ranges::count(old.waiting_, '\n'));
}

Result<void> LineFile::write(WallTime now) {
    Opened opened = TRY(open_to_append(path_));
    if (opened.size > 0 && opened.size + waiting_.size() > limits_.rotate) {
        TRY(put_aside(now));
        tidy_due_ = true;
        opened = TRY(open_to_append(path_));
    }
    std::string text = opened.size == 0 ? head_ : ends_within_line(opened) ? "\n" : "";
    text += waiting_;
    auto written = write_all(opened.file, text, path_);
    if (!written && ::ftruncate(opened.file.number(), static_cast<off_t>(opened.size)) != 0)
        return std::unexpected(last_error("cut", path_));
    return written;
}

Result<void> LineFile::put_aside(WallTime now) const {
    WallTime at = std::chrono::floor<std::chrono::seconds>(now);
    std::string aside = fmt::format("{}.{}", path_, rfc3339(at));
    for (; ::access(aside.c_str(), F_OK) == 0; at += std::chrono::seconds{1})
        aside = fmt::format("{}.{}", path_, rfc3339(at));
    if (std::rename(path_.c_str(), aside.c_str()) != 0)
        return std::unexpected(last_error("rename", path_));
    return {};
}

void LineFile::tidy(WallTime now, bool sure) const {
    std::uint64_t sum = 0;
    for (const Aside& aside : asides_of(path_)) {
        sum += aside.size;
        const bool too_old = sure && Seconds(now - aside.at) > limits_.keep;
        std::error_code stays;
        if (too_old || sum > limits_.most) std::filesystem::remove(aside.path, stays);
    }
}

}  // namespace clockwright::store
