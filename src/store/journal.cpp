#include "store/journal.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <ranges>

#include "store/change_record.h"
#include "store/durable_file.h"
#include "time/spell.h"

namespace clockwright::store {
namespace {

constexpr std::string_view suffix = ".jsonl";

std::string name_of(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

/// "2026-11-20T18:04:11Z-7f3c9a-2.jsonl": the id begins after the instant.
std::string id_of(const std::string& path) {
    const auto name = name_of(path);
    const auto end_of_instant = name.find("Z-");
    if (end_of_instant == std::string::npos || !name.ends_with(suffix)) return {};
    const auto begin = end_of_instant + 2;
    return name.substr(begin, name.size() - begin - suffix.size());
}

bool is_plan_id(const std::string& id) {
    return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

/// No file: of any daemon.
bool is_of(const Change& change, const std::string& config_file) {
    return config_file.empty() || change.plan.config_file == config_file;
}

Result<Change> read_change(const std::string& path, const std::string& text) {
    auto change = read_record(text, path);
    if (!change) return fail(fmt::format("{} was never begun", path));
    if (change->id != id_of(path) && change->fault.empty())
        change->fault =
            fmt::format("{}: its record has another id, {}", path, printable(change->id));
    change->id = id_of(path);
    return *std::move(change);
}

}  // namespace

Journal::Journal(std::string directory) : directory_(std::move(directory)) {}

Result<Journal> Journal::open(const std::string& state_directory) {
    const auto directory = state_directory + "/changes";
    if (auto made = make_private_directory(state_directory); !made)
        return std::unexpected(made.error());
    if (auto made = make_private_directory(directory); !made) return std::unexpected(made.error());
    return Journal(directory);
}

Result<Journal> Journal::open_to_read(const std::string& state_directory) {
    return Journal(state_directory + "/changes");
}

Result<std::vector<std::string>> Journal::files() const {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(directory_.c_str()), ::closedir);
    if (!directory) {
        if (errno == ENOENT) return std::vector<std::string>{};
        return std::unexpected(last_error("read", directory_));
    }
    std::vector<std::string> paths;
    while (const auto* entry = ::readdir(directory.get()))
        if (const auto path = fmt::format("{}/{}", directory_, entry->d_name); !id_of(path).empty())
            paths.push_back(path);
    std::ranges::sort(paths);
    return paths;
}

Result<std::vector<Change>> Journal::changes() const {
    std::vector<Change> changes;
    for (const auto& path : TRY(files())) {
        const auto text = TRY(read_file(path));
        if (!text.contains('\n')) continue;
        changes.push_back(TRY(read_change(path, text)));
    }
    std::ranges::stable_sort(changes, {}, &Change::at);
    return changes;
}

Result<std::optional<Change>> Journal::unfinished(const std::string& config_file) const {
    auto all = TRY(changes());
    std::erase_if(all, [&](const Change& change) {
        return change.fault.empty() && !is_of(change, config_file);
    });
    for (auto& change : all | std::views::reverse)
        if (!change.outcome || (change.left_open && &change == &all.back()))
            return std::optional(std::move(change));
    return std::optional<Change>();
}

Result<Change> Journal::find(const std::string& id, const std::string& config_file) const {
    auto all = TRY(changes());
    const auto is_meant = [&](const Change& change) {
        if (id != "last") return change.id == id;
        return change.outcome == OutcomeKind::applied && is_of(change, config_file);
    };
    for (auto& change : all | std::views::reverse)
        if (is_meant(change)) return Result<Change>(std::move(change));
    return fail(id == "last" ? std::string("no change was applied yet")
                             : fmt::format("the journal has no change {}", printable(id)));
}

Result<std::string> Journal::file_of(const std::string& id) const {
    for (const auto& path : TRY(files()))
        if (id_of(path) == id) return path;
    return fail(fmt::format("the journal has no change {}", printable(id)));
}

Result<std::string> Journal::begin(const Plan& plan, const Baseline& baseline,
                                   const std::string& by, const std::string& reason, WallTime at) {
    if (!is_plan_id(plan.id))
        return fail(Fault::bad_input, fmt::format("\"{}\" is no plan id", printable(plan.id)));
    std::vector<std::string> taken;
    for (const auto& path : TRY(files())) taken.push_back(id_of(path));
    // A clock that was set back must not put the newest change before others.
    for (const auto& earlier : TRY(changes()))
        at = std::max(at, earlier.at + std::chrono::seconds(1));
    Change change{.id = plan.id,
                  .at = at,
                  .by = by,
                  .reason = reason,
                  .plan = plan,
                  .baseline = baseline,
                  .begun = {},
                  .outcome = {},
                  .verified = false,
                  .outcome_reason = {},
                  .left_open = false,
                  .contents_dropped = false,
                  .fault = {}};
    for (int run = 2; std::ranges::find(taken, change.id) != taken.end(); ++run)
        change.id = fmt::format("{}-{}", plan.id, run);
    const auto path = fmt::format("{}/{}-{}{}", directory_, rfc3339(at), change.id, suffix);
    if (auto written = replace_file(path, begin_record(change)); !written)
        return std::unexpected(written.error());
    return change.id;
}

Result<void> Journal::append_text(const std::string& id, const std::string& text) {
    const auto path = TRY(file_of(id));
    const auto present = TRY(read_file(path));
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file) return std::unexpected(last_error("write", path));
    // What a crash left of a line goes, or it would spoil this one.
    const auto whole = static_cast<off_t>(present.rfind('\n') + 1);
    if (::ftruncate(file.number(), whole) != 0 || ::lseek(file.number(), whole, SEEK_SET) < 0)
        return std::unexpected(last_error("write", path));
    if (auto written = write_all(file, text, path); !written) return written;
    if (::fsync(file.number()) != 0) return std::unexpected(last_error("sync", path));
    return {};
}

Result<void> Journal::append(const std::string& id, const JournalLine& line, WallTime at) {
    return append_text(id, line_record(line, at));
}

Result<void> Journal::close(const std::string& id, const Outcome& outcome, WallTime at) {
    return append_text(id, outcome_record(outcome, at));
}

Result<void> Journal::prune(int keep) {
    const auto all = TRY(changes());
    auto applied = 0, others = 0;
    for (const auto& change : all | std::views::reverse) {
        if (!change.outcome || !change.fault.empty() || change.contents_dropped) continue;
        auto& kept = change.outcome == OutcomeKind::applied ? applied : others;
        if (kept++ < keep) continue;
        const auto path = TRY(file_of(change.id));
        if (auto replaced = replace_file(path, without_contents(TRY(read_file(path)))); !replaced)
            return replaced;
    }
    return {};
}

}  // namespace clockwright::store
