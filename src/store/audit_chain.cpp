#include "store/audit_chain.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>
#include <variant>

#include "publish/history_fields.h"
#include "publish/json_text.h"
#include "store/durable_file.h"
#include "time/spell.h"

namespace clockwright::store {
namespace {

constexpr std::string_view base_file = "/audit/base";
constexpr std::string_view extension = ".chain";

/// "2026-11-20"
std::string day_of(WallTime at) {
    return rfc3339(at).substr(0, 10);
}

/// Of the chain's files, in order; none where there is no such directory.
std::vector<std::string> names_in(const std::string& directory) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error))
        if (entry.path().extension() == extension)
            names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

/// 0 where there is none.
std::uintmax_t file_size(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return error ? 0 : size;
}

Result<void> write_durably(const Descriptor& file, std::string_view lines,
                           const std::string& path) {
    TRY(write_all(file, lines, path));
    if (::fdatasync(file.number()) != 0) return std::unexpected(last_error("write", path));
    return {};
}

std::string_view kind_of(const Record& row) {
    constexpr std::string_view kinds[] = {"sample", "clock", "verdict", "event", "alert", "run"};
    return kinds[row.index()];
}

}  // namespace

AuditChain::AuditChain(std::string directory, Digest digest, std::string boot)
    : directory_(std::move(directory)), digest_(digest), boot_(std::move(boot)) {}

Result<AuditChain> AuditChain::open(const std::string& state_directory, Digest digest,
                                    std::string boot) {
    AuditChain chain(state_directory + "/audit", digest, std::move(boot));
    TRY(make_private_directory(chain.directory_));
    const Lock alone = TRY(chain.hold());
    return chain;
}

/// Nobody else adds to the chain until it is closed. What others added meanwhile is gone on with.
Result<Lock> AuditChain::hold() {
    Lock lock = TRY(Lock::await(directory_ + "/lock"));
    const std::vector<std::string> names = names_in(directory_);
    const bool known =
        !names.empty() && names.back() == file_ && file_size(directory_ + "/" + file_) == size_;
    if (!known && still_has_end()) TRY(find_end());
    return lock;
}

/// False: what we wrote was cut off or rewritten. Nothing else is gone on with then, so that it
/// shows.
bool AuditChain::still_has_end() const {
    if (file_.empty()) return true;
    const auto content = read_file(directory_ + "/" + file_);
    return content && content->size() >= size_ &&
           last_of(std::string_view(*content).substr(0, size_)) == end_;
}

Result<void> AuditChain::find_end() {
    std::vector<std::string> names = names_in(directory_);
    for (; !names.empty(); names.pop_back()) {
        const std::string path = directory_ + "/" + names.back();
        const std::string content = TRY(read_file(path));
        const std::size_t whole = content.rfind('\n') + 1;  // 0 when there is none
        if (whole < content.size()) {
            torn_ += content.size() - whole;
            if (::truncate(path.c_str(), static_cast<off_t>(whole)) != 0)
                return std::unexpected(last_error("mend", path));
        }
        if (whole == 0) continue;
        const auto last = last_of(std::string_view(content).substr(0, whole));
        if (!last)
            return fail(Fault::bad_input,
                        fmt::format("the last line of audit/{} is no record of the chain: "
                                    "clockwright report verify",
                                    printable(names.back())));
        end_ = *last;
        file_ = names.back();
        size_ = whole;
        return {};
    }
    return {};
}

/// Whoever compares has the wall clock alone: it goes on over a suspension, and may be set forward.
bool AuditChain::is_due(const ClockRow& clock, SteadyTime now) {
    const bool due = !clock_at_ || now - clock_at_->steady >= clock_rest ||
                     clock.at - clock_at_->wall >= clock_rest ||
                     clock.demonstrated != clock_demonstrated_;
    if (due) clock_at_ = Now{clock.at, now};
    clock_demonstrated_ = clock.demonstrated;
    return due;
}

std::string AuditChain::members(std::string_view kind, std::string_view row, const Now& now) const {
    return fmt::format("\"boot\":{},\"steady_ns\":{},\"kind\":\"{}\",\"row\":{}",
                       json_string(boot_), now.steady.time_since_epoch().count(), kind, row);
}

void AuditChain::wait(std::string record) {
    if (waiting_.size() == most_waiting) {
        waiting_.pop_front();
        ++lost_;
    }
    waiting_.push_back(std::move(record));
}

bool AuditChain::add(std::span<const Record> rows, const Now& now) {
    for (const Record& row : rows) {
        if (std::holds_alternative<SampleRow>(row)) continue;
        if (const auto* clock = std::get_if<ClockRow>(&row); clock && !is_due(*clock, now.steady))
            continue;
        wait(members(kind_of(row),
                     std::visit([](const auto& one) { return json_line(fields_of(one)); }, row),
                     now));
    }
    return !waiting_.empty();
}

Result<void> AuditChain::flush(const Now& now) {
    if (waiting_.empty()) return {};
    const Lock alone = TRY(hold());
    ChainEnd end = end_;
    std::string lines;
    const auto tell = [&](std::string_view kind, std::string_view what, std::size_t number) {
        if (number == 0) return;
        const std::string row = fmt::format("{{\"{}\":{}}}", what, number);
        lines += chain_line(digest_, end, members(kind, row, now));
    };
    tell("torn", "octets", torn_);
    tell("lost", "records", lost_);
    for (const std::string& record : waiting_) lines += chain_line(digest_, end, record);
    TRY(write(lines, end, now));
    torn_ = lost_ = 0;
    waiting_.clear();
    return {};
}

/// The last file, or one that sorts after it: of a new day, or because the last one is full.
std::string AuditChain::name_for(std::size_t octets, WallTime now) const {
    std::string today = day_of(now) + std::string(extension);
    if (file_ < today) return today;
    if (size_ + octets <= largest_file) return file_;
    const std::string stem = file_.substr(0, file_.size() - extension.size());
    const std::size_t part = stem.find('~');
    int number = 1;
    if (part != stem.npos)
        std::from_chars(stem.data() + part + 1, stem.data() + stem.size(), number);
    return fmt::format("{}~{:04}{}", stem.substr(0, part), number + 1, extension);
}

Result<void> AuditChain::write(const std::string& lines, const ChainEnd& end, const Now& now) {
    const std::string name = name_for(lines.size(), now.wall);
    const std::string path = directory_ + "/" + name;
    const Descriptor file(
        ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return std::unexpected(last_error("open", path));
    const off_t size = ::lseek(file.number(), 0, SEEK_END);
    if (auto written = write_durably(file, lines, path); !written) {
        static_cast<void>(
            ::ftruncate(file.number(), size));  // what is left is torn: mended by open
        return written;
    }
    end_ = end;
    file_ = name;
    size_ = static_cast<std::uintmax_t>(size) + lines.size();
    return {};
}

Result<int> AuditChain::prune(WallTime before, const Now& now) {
    const std::string oldest_kept = day_of(before);
    const std::string today = day_of(now.wall);
    const Lock alone = TRY(hold());
    const std::string last_file = file_;  // stays; the records below may begin another
    int removed = 0;
    for (const std::string& name : names_in(directory_)) {
        const std::string day = name.substr(0, today.size());
        const bool was_ahead = day > today;  // of a clock that is set right by now
        if (name >= last_file || (day >= oldest_kept && !was_ahead)) break;
        const std::string path = directory_ + "/" + name;
        const std::string content = TRY(read_file(path));
        const auto last_row = last_row_of(content);
        if (last_row && day_of(*last_row) >= oldest_kept) break;
        const auto last = last_of(content);
        if (!last) return fail(Fault::bad_input, "audit/" + printable(name) + " is no chain");
        // The record first, for a base that no record tells of is none; then the base: a crash
        // before the last step leaves a file that lies before it.
        ChainEnd end = end_;
        const std::string line =
            chain_line(digest_, end, members("pruned", pruned_row(*last), now));
        TRY(write(line, end, now));
        TRY(replace_file(directory_ + "/base", base_text(*last)));
        if (::unlink(path.c_str()) != 0) return std::unexpected(last_error("remove", path));
        ++removed;
    }
    prune_heads(oldest_kept);
    return removed;
}

void AuditChain::prune_heads(const std::string& oldest_kept) const {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
        const std::string name = entry.path().filename().string();
        const bool is_head = name.ends_with(".head") || name.ends_with(".head.sig");
        if (is_head && name < oldest_kept) ::unlink(entry.path().c_str());
    }
}

std::vector<std::string> chain_files(const std::string& state_directory) {
    return names_in(state_directory + "/audit");
}

Result<ChainFile> chain_file(const std::string& state_directory, const std::string& name) {
    return ChainFile{name, TRY(read_file(state_directory + "/audit/" + name))};
}

Result<ChainEnd> chain_base(const std::string& state_directory) {
    const std::string path = state_directory + std::string(base_file);
    bool missing = false;
    const auto text = read_file(path, &missing);
    if (missing) return ChainEnd{};
    if (!text) return std::unexpected(text.error());
    if (const auto base = parse_base(*text)) return *base;
    return fail(Fault::bad_input, "audit/base is no beginning of a chain");
}

}  // namespace clockwright::store
