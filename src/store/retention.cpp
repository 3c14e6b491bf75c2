#include "store/retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

namespace clockwright::store {
namespace {

/// What one slice may read or delete.
constexpr std::size_t rows_a_slice = 2000;
constexpr std::int64_t pages_a_slice = 128;
/// Free pages that are left for the rows to come.
constexpr std::int64_t pages_in_reserve = 512;

std::int64_t count_of(WallTime at) {
    return at.time_since_epoch().count();
}

/// The servers of a table clustered by server, one seek each.
std::string servers_of(std::string_view table, std::string_view condition) {
    return fmt::format(
        "WITH RECURSIVE one(id) AS (SELECT min(server) FROM {0} WHERE {1} UNION ALL "
        "SELECT (SELECT min(server) FROM {0} WHERE {1} AND server > one.id) FROM one "
        "WHERE one.id IS NOT NULL) SELECT id FROM one WHERE id IS NOT NULL",
        table, condition);
}

Attempt<std::vector<std::int64_t>> numbers(const Database& database, const std::string& sql) {
    auto statement = TRY(database.prepare(sql));
    std::vector<std::int64_t> all;
    while (TRY(statement.step())) all.push_back(statement.integer(0));
    return all;
}

/// Of `table`, where `condition` holds, the oldest rows before an instant; how many went.
Attempt<std::size_t> delete_oldest(Database& database, std::string_view table,
                                   std::string_view condition, WallTime before) {
    const std::string old = fmt::format("{} AND at < {}", condition, count_of(before));
    TRY(database.execute(
        fmt::format("DELETE FROM {0} WHERE {1} AND at < coalesce((SELECT at + 1 FROM {0} WHERE {1} "
                    "ORDER BY at LIMIT 1 OFFSET {2}), {3})",
                    table, old, rows_a_slice / 2, count_of(before))));
    return static_cast<std::size_t>(database.changed());
}

/// The same for each server of a clustered table; true: there may be more.
Attempt<bool> delete_by_server(Database& database, std::string_view table,
                               const std::string& condition, WallTime before) {
    std::size_t gone = 0;
    for (const auto server : TRY(numbers(database, servers_of(table, condition)))) {
        const std::string of_server = fmt::format("{} AND server = {}", condition, server);
        const std::size_t deleted = TRY(delete_oldest(database, table, of_server, before));
        gone += deleted;
        if (gone >= rows_a_slice || deleted > rows_a_slice / 2) return true;
    }
    return false;
}

Attempt<std::int64_t> used_octets(const Database& database) {
    const auto pages = TRY(database.number("PRAGMA page_count"));
    const auto free = TRY(database.number("PRAGMA freelist_count"));
    return (pages - free) * TRY(database.number("PRAGMA page_size"));
}

/// The first raw row of all, by one seek for each server.
Attempt<std::optional<WallTime>> oldest_raw(const Database& database) {
    auto statement = TRY(database.prepare(
        fmt::format("SELECT min((SELECT min(at) FROM sample WHERE server = id)) FROM ({})",
                    servers_of("sample", "1"))));
    std::optional<WallTime> oldest;
    if (TRY(statement.step()) && !statement.is_null(0)) oldest = statement.instant(0);
    auto clock = TRY(database.prepare("SELECT min(at) FROM clock"));
    if (TRY(clock.step()) && !clock.is_null(0))
        oldest = std::min(oldest.value_or(clock.instant(0)), clock.instant(0));
    return oldest;
}

}  // namespace

Attempt<Retention> Retention::prepare(Database& database) {
    return Retention(database, TRY(RollUps::prepare(database)));
}

Attempt<bool> Retention::step(WallTime now, const RetentionSettings& settings) {
    auto transaction = TRY(Transaction::begin(*database_));
    bool more = TRY(roll(now));
    if (!more) more = TRY(expire_by_age(now, settings));
    if (!more) more = TRY(expire_by_size(settings));
    TRY(transaction.commit());
    return more || TRY(give_back());
}

Attempt<bool> Retention::roll(WallTime now) {
    const auto raw_since = TRY(database_->number("SELECT raw_since FROM kept"));
    // What reading one more stretch costs, however few rows it has.
    constexpr std::size_t stretch_cost = 20;
    for (std::size_t cost = 0; cost < rows_a_slice;) {
        const auto step = TRY(rolls_.roll_next(now));
        if (!step.rolled) return false;
        cost += step.polls + stretch_cost;
        if (count_of(step.at) < raw_since) raw_is_clear_ = false;
    }
    return true;
}

Attempt<bool> Retention::expire_by_age(WallTime now, const RetentionSettings& settings) {
    const WallTime demonstrated(std::chrono::nanoseconds(TRY(
        database_->number("SELECT at FROM clock WHERE demonstrated ORDER BY at DESC LIMIT 1"))));
    const WallTime today = beginning_of(Resolution::day, std::min(now, demonstrated));
    const auto begin_of_kept = [today](Seconds age) { return today - to_nanoseconds(age); };
    const auto raw_since = count_of(begin_of_kept(settings.raw));
    if (raw_since > TRY(database_->number("SELECT raw_since FROM kept"))) {
        TRY(database_->execute(fmt::format("UPDATE kept SET raw_since = {}", raw_since)));
        raw_is_clear_ = false;
    }
    if (TRY(clear_raw())) return true;
    if (TRY(clear_rolled(Resolution::minute, begin_of_kept(settings.minute)))) return true;
    if (TRY(clear_rolled(Resolution::hour, begin_of_kept(settings.hour)))) return true;
    return clear_occasions(begin_of_kept(settings.hour));
}

Attempt<bool> Retention::expire_by_size(const RetentionSettings& settings) {
    if (TRY(used_octets(*database_)) <= std::int64_t{settings.most_mb} * 1024 * 1024) return false;
    const auto next_day = [](WallTime at) {
        return beginning_of(Resolution::day, at) + std::chrono::days(1);
    };
    if (const auto oldest = TRY(oldest_raw(*database_))) {
        TRY(database_->execute(fmt::format("UPDATE kept SET raw_since = max(raw_since, {})",
                                           count_of(next_day(*oldest)))));
        raw_is_clear_ = false;
        TRY(clear_raw());
        return true;
    }
    for (const auto resolution : {Resolution::minute, Resolution::hour}) {
        const auto oldest = TRY(oldest_rolled(resolution));
        if (!oldest) continue;
        (resolution == Resolution::minute ? minutes_clear_ : hours_clear_).reset();
        TRY(clear_rolled(resolution, next_day(*oldest)));
        return true;
    }
    return false;
}

Attempt<bool> Retention::clear_raw() {
    if (raw_is_clear_) return false;
    const WallTime since(
        std::chrono::nanoseconds(TRY(database_->number("SELECT raw_since FROM kept"))));
    if (TRY(delete_oldest(*database_, "clock", "1", since)) > rows_a_slice / 2) return true;
    if (TRY(delete_by_server(*database_, "sample", "1", since))) return true;
    raw_is_clear_ = true;
    return false;
}

Attempt<bool> Retention::clear_rolled(Resolution resolution, WallTime before) {
    auto& clear = resolution == Resolution::minute ? minutes_clear_ : hours_clear_;
    if (clear && *clear >= before) return false;
    if (TRY(delete_by_server(*database_, "rolled",
                             fmt::format("resolution = {}", static_cast<int>(resolution)), before)))
        return true;
    clear = before;
    return false;
}

Attempt<bool> Retention::clear_occasions(WallTime before) {
    if (occasions_clear_ && *occasions_clear_ >= before) return false;
    for (const char* table : {"verdict", "event", "alert", "run"})
        if (TRY(delete_oldest(*database_, table, "1", before)) > rows_a_slice / 2) return true;
    occasions_clear_ = before;
    return false;
}

Attempt<std::optional<WallTime>> Retention::oldest_rolled(Resolution resolution) const {
    const std::string condition = fmt::format("resolution = {}", static_cast<int>(resolution));
    auto statement = TRY(database_->prepare(
        fmt::format("SELECT min((SELECT min(at) FROM rolled WHERE {} AND server = id)) FROM ({})",
                    condition, servers_of("rolled", condition))));
    std::optional<WallTime> oldest;
    if (TRY(statement.step()) && !statement.is_null(0)) oldest = statement.instant(0);
    return oldest;
}

Attempt<bool> Retention::give_back() {
    const auto free = TRY(database_->number("PRAGMA freelist_count"));
    if (free <= pages_in_reserve) return false;
    TRY(database_->execute(fmt::format("PRAGMA incremental_vacuum({})",
                                       std::min(pages_a_slice, free - pages_in_reserve))));
    return free - pages_a_slice > pages_in_reserve;
}

}  // namespace clockwright::store
