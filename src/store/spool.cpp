#include "store/spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace clockwright::store {
namespace {

constexpr std::uint64_t largest_refused = std::uint64_t{1} << 20U;

std::optional<std::uint64_t> number_of(std::string_view name) {
    constexpr std::string_view suffix = ".lines";
    if (!name.ends_with(suffix)) return std::nullopt;
    name.remove_suffix(suffix.size());
    std::uint64_t number = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
    return read.ec == std::errc{} && read.ptr == name.data() + name.size() ? std::optional(number)
                                                                           : std::nullopt;
}

std::uint64_t lines_in(std::string_view text) {
    return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

/// Whole lines at the beginning: one at least, and no more than so many octets.
std::string_view first_lines(std::string_view lines, std::size_t most) {
    if (lines.size() <= most) return lines;
    std::size_t end = lines.rfind('\n', most - 1);
    if (end == std::string_view::npos) end = lines.find('\n', most);
    return lines.substr(0, end == std::string_view::npos ? end : end + 1);
}

Result<Descriptor> open_to_add(const std::string& path, int flags) {
    Descriptor file(
        ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, 0600));
    if (!file) return std::unexpected(last_error("write", path));
    return file;
}

bool has_name(const Descriptor& file) {
    struct stat status{};
    return ::fstat(file.number(), &status) == 0 && status.st_nlink > 0;
}

bool is_there(const std::string& directory) {
    return bool(Descriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
}

}  // namespace

Spool::Spool(std::string directory, std::uint64_t most) : directory_(std::move(directory)) {
    limit(most);
}

void Spool::limit(std::uint64_t most) {
    most_ = most;
    most_in_file_ = std::clamp<std::uint64_t>(most / 16, 4096, std::uint64_t{1} << 20U);
}

Result<Spool> Spool::open(std::string directory, std::uint64_t most) {
    TRY(make_private_directory(directory));
    Spool spool(std::move(directory), most);
    TRY(spool.find_files());
    return spool;
}

Result<void> Spool::find_files() {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
        const auto number = number_of(entry.path().filename().string());
        if (!number || path_of(*number) != entry.path()) continue;
        std::error_code unknown;
        const bool regular =
            entry.symlink_status(unknown).type() == std::filesystem::file_type::regular;
        const std::uint64_t size = regular ? entry.file_size(unknown) : 0;
        files_.push_back({*number, unknown ? 0 : size});
    }
    if (error) return fail(fmt::format("cannot read {}: {}", directory_, error.message()));
    std::ranges::sort(files_, {}, &File::number);
    if (!files_.empty()) next_ = files_.back().number + 1;
    find_place();
    return {};
}

void Spool::find_place() {
    const std::string place = read_own_file(place_file()).value_or("");
    std::uint64_t number = 0, taken = 0;
    const char* end = place.data() + place.size();
    const auto first = std::from_chars(place.data(), end, number);
    const bool good = first.ec == std::errc{} && first.ptr != end &&
                      std::from_chars(first.ptr + 1, end, taken).ec == std::errc{};
    if (good && !files_.empty() && number == files_.front().number)
        taken_ = std::min(taken, files_.front().size);
    else
        ::unlink(place_file().c_str());  // of a file that is gone: its number may come again
}

std::string Spool::path_of(std::uint64_t number, std::string_view suffix) const {
    return fmt::format("{}/{:020}{}", directory_, number, suffix);
}

Result<void> Spool::append(std::string_view lines) {
    in_memory_ += lines;
    while (in_memory_.size() > most_in_memory) {
        forget_memory(in_memory_.find('\n') + 1);
        ++lost_;
    }
    Result<void> done;
    std::size_t written = 0;
    while (done && written < in_memory_.size()) {
        const std::string_view piece =
            first_lines(std::string_view(in_memory_).substr(written), most_in_file_);
        done = write(piece);
        if (done) written += piece.size();
    }
    forget_memory(written);
    return done;
}

void Spool::forget_memory(std::size_t octets) {
    in_memory_.erase(0, octets);
    lent_ -= std::min(lent_, octets);
}

SpoolLines Spool::front_of_memory(std::size_t most, std::size_t most_octets) {
    SpoolLines lines = read_spool_lines(in_memory_, most, most_octets, true);
    lent_ = lines.octets;
    return lines;
}

Result<void> Spool::write(std::string_view lines) {
    if (writing_ && !has_name(writing_)) writing_ = Descriptor();
    if (!writing_ && !is_there(directory_)) TRY(make_private_directory(directory_));
    TRY(make_room(lines.size()));
    if (writing_ && files_.back().size + lines.size() > most_in_file_) writing_ = Descriptor();
    if (!writing_) {
        writing_ = TRY(open_to_add(path_of(next_), O_EXCL));
        files_.push_back({next_++, 0});
    }
    File& file = files_.back();
    if (const auto written = write_all(writing_, lines, path_of(file.number)); !written) {
        // No half a line: the next attempt has all of it.
        if (::ftruncate(writing_.number(), static_cast<off_t>(file.size)) != 0)
            writing_ = Descriptor();
        return written;
    }
    file.size += lines.size();
    if (file.size >= most_in_file_) writing_ = Descriptor();
    return {};
}

Result<void> Spool::make_room(std::size_t octets_more) {
    while (octets() > 0 && octets() + octets_more > most_) {
        const auto gone = TRY(read_first());
        if (!gone) continue;
        lost_ +=
            lines_in(std::string_view(*gone).substr(std::min<std::size_t>(taken_, gone->size())));
        TRY(remove_front());
    }
    return {};
}

Result<SpoolLines> Spool::front(std::size_t most, std::size_t most_octets) {
    while (!files_.empty()) {
        const auto text = TRY(read_first());
        if (!text) continue;
        const File& file = files_.front();
        const std::string_view rest =
            std::string_view(*text).substr(std::min<std::size_t>(taken_, text->size()));
        SpoolLines lines = read_spool_lines(rest, most, most_octets, !is_written_to(file));
        lines.file = file.number;
        if (lines.count > 0) return lines;
        if (is_written_to(file) && rest.empty()) break;
        damaged_ += lines.damaged;
        TRY(remove_front());
    }
    return front_of_memory(most, most_octets);
}

/// Whole; empty: it was gone, or could not be read, and is passed over.
Result<std::optional<std::string>> Spool::read_first() {
    const std::uint64_t number = files_.front().number;
    bool missing = false;
    auto text = read_own_file(path_of(number), &missing);
    if (text) return std::move(*text);
    // What is wrong with the directory, or for want of descriptors, is not this file's fault.
    const bool aside =
        is_there(directory_) &&
        (missing || ::rename(path_of(number).c_str(), path_of(number, ".unread").c_str()) == 0);
    if (!aside) return std::unexpected(text.error());
    ++unread_;
    TRY(remove_front());
    return std::nullopt;
}

Result<SpoolLines> Spool::newest() const {
    if (files_.empty()) return SpoolLines{};
    const std::string text = TRY(read_own_file(path_of(files_.back().number)));
    const std::size_t end = text.rfind('\n');
    if (end == std::string::npos) return SpoolLines{};
    const std::size_t before = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    return SpoolLines{.text = text.substr(begin, end + 1 - begin), .count = 1};
}

Result<void> Spool::drop(const SpoolLines& lines) {
    if (lines.file == 0) {
        forget_memory(lent_);
        return {};
    }
    if (files_.empty() || files_.front().number != lines.file) return {};
    damaged_ += lines.damaged;
    taken_ += lines.octets;
    if (taken_ >= files_.front().size) return remove_front();
    return keep_place();
}

Result<void> Spool::set_aside(std::string_view line) {
    const std::string path = directory_ + "/refused.lines";
    std::error_code none_yet;
    const auto size = std::filesystem::file_size(path, none_yet);
    if (!none_yet && size + line.size() > largest_refused) return fail(path + " is full");
    const Descriptor file = TRY(open_to_add(path, 0));
    return write_all(file, line, path);
}

std::uint64_t Spool::octets() const {
    std::uint64_t sum = 0;
    for (const File& file : files_) sum += file.size;
    return sum - std::min(sum, taken_);
}

Result<void> Spool::remove_front() {
    const std::string path = path_of(files_.front().number);
    if (is_written_to(files_.front())) writing_ = Descriptor();
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return std::unexpected(last_error("remove", path));
    files_.pop_front();
    taken_ = 0;
    ::unlink(place_file().c_str());
    return {};
}

Result<void> Spool::keep_place() const {
    return replace_file(place_file(), fmt::format("{} {}\n", files_.front().number, taken_));
}

}  // namespace clockwright::store
