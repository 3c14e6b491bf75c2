#include "store/retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "store/sample_order.h"

namespace clockwright::store {
namespace {

/// What one slice may read or delete.
constexpr std::size_t rows_a_slice = 2000;
constexpr std::int64_t pages_a_slice = 128;
/// Free pages that are left for the rows to come.
constexpr std::int64_t pages_in_reserve = 512;
/// So long a look at the clock speaks for it.
constexpr std::chrono::hours sure_for{1};

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

/// From the first to the last of the rows, as far as there are any.
struct Span {
    std::optional<WallTime> oldest, newest;

    /// With columns for the oldest and the newest one.
    Attempt<void> take(Statement& row) {
        if (!TRY(row.step()) || row.is_null(0)) return {};
        oldest = std::min(oldest.value_or(row.instant(0)), row.instant(0));
        newest = std::max(newest.value_or(row.instant(1)), row.instant(1));
        return {};
    }
};

/// Of a table clustered by server, by two seeks for each of them.
Attempt<Span> span_by_server(const Database& database, std::string_view table,
                             const std::string& condition) {
    Span span;
    auto ends = TRY(database.prepare(
        fmt::format("SELECT min((SELECT min(at) FROM {0} WHERE {1} AND server = id)), "
                    "max((SELECT max(at) FROM {0} WHERE {1} AND server = id)) FROM ({2})",
                    table, condition, servers_of(table, condition))));
    TRY(span.take(ends));
    return span;
}

/// Of one clustered by time.
Attempt<void> take(Span& span, const Database& database, std::string_view table) {
    auto ends = TRY(database.prepare(
        fmt::format("SELECT (SELECT min(at) FROM {0}), (SELECT max(at) FROM {0})", table)));
    return span.take(ends);
}

Attempt<Span> raw_span(const Database& database) {
    Span span = TRY(span_by_server(database, "sample_by_server", "1"));
    TRY(take(span, database, "clock"));
    return span;
}

constexpr std::array occasion_tables{"verdict", "event", "alert", "run"};

Attempt<Span> occasion_span(const Database& database) {
    Span span;
    for (const char* table : occasion_tables) TRY(take(span, database, table));
    return span;
}

/// The newest look up to `now` at a clock that nothing contradicts; the epoch: there is none. A
/// daemon calls a clock that was set under its hands right for a while: then the agent's own quorum
/// says otherwise, or the bound is as wide as the time that seems to have passed.
Attempt<WallTime> last_sure_look(const Database& database, WallTime now) {
    const auto at = TRY(database.number(fmt::format(
        "SELECT at FROM clock WHERE at <= {} AND demonstrated AND bound < 1.0 AND (consensus IS "
        "NULL OR abs(consensus - offset) <= bound + consensus_bound + 0.001) "
        "ORDER BY at DESC LIMIT 1",
        count_of(now))));
    return WallTime(std::chrono::nanoseconds(at));
}

std::string of(Resolution resolution) {
    return fmt::format("resolution = {}", static_cast<int>(resolution));
}

WallTime next(Resolution resolution, WallTime at) {
    return beginning_of(resolution, at) + to_nanoseconds(length_of(resolution));
}

}  // namespace

Attempt<Retention> Retention::prepare(Database& database) {
    return Retention(database, TRY(RollUps::prepare(database)));
}

Attempt<bool> Retention::step(WallTime now, const RetentionSettings& settings) {
    auto transaction = TRY(Transaction::begin(*database_));
    TRY(sort_samples(*database_));
    bool more = TRY(roll(now));
    if (!more) more = TRY(expire_by_age(now, settings));
    if (!more) more = TRY(expire_by_size(now, settings));
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
    const WallTime demonstrated = TRY(last_sure_look(*database_, now));
    if (now - demonstrated < sure_for) TRY(come_back(now));
    const WallTime today = beginning_of(Resolution::day, demonstrated);
    const auto begin_of_kept = [today](Seconds age) { return today - to_nanoseconds(age); };
    const WallTime raw_since = begin_of_kept(settings.raw);
    if (count_of(raw_since) > TRY(database_->number("SELECT raw_since FROM kept")))
        TRY(raw_begins(raw_since));
    if (TRY(clear_raw())) return true;
    if (TRY(clear_rolled(Resolution::minute, begin_of_kept(settings.minute)))) return true;
    if (TRY(clear_rolled(Resolution::hour, begin_of_kept(settings.hour)))) return true;
    return clear_occasions(begin_of_kept(settings.hour));
}

Attempt<bool> Retention::expire_by_size(WallTime now, const RetentionSettings& settings) {
    if (TRY(used_octets(*database_)) <= std::int64_t{settings.most_mb} * 1024 * 1024) return false;
    enum : std::size_t { raw, minutes, hours, occasions };
    const std::array spans{TRY(raw_span(*database_)),
                           TRY(span_by_server(*database_, "rolled", of(Resolution::minute))),
                           TRY(span_by_server(*database_, "rolled", of(Resolution::hour))),
                           TRY(occasion_span(*database_))};
    const std::array keeps{settings.raw, settings.minute, settings.hour, settings.hour};
    // A row of a clock that was ahead makes nothing of the present old.
    const WallTime present = std::min(now, spans[raw].newest.value_or(now));
    const WallTime today = beginning_of(Resolution::day, present);
    std::optional<std::size_t> fullest;
    double fullest_share = 0;
    for (std::size_t kind = 0; kind < spans.size(); ++kind) {
        if (!spans[kind].oldest || *spans[kind].oldest >= today) continue;
        const double share = Seconds(today - *spans[kind].oldest) / keeps[kind];
        if (fullest && share <= fullest_share) continue;
        fullest = kind;
        fullest_share = share;
    }
    if (!fullest) {
        const WallTime hour = beginning_of(Resolution::hour, present);
        if (!spans[raw].oldest || *spans[raw].oldest >= hour) return false;
        TRY(raw_begins(next(Resolution::hour, *spans[raw].oldest)));
        TRY(clear_raw());
        return true;
    }
    const WallTime since = next(Resolution::day, *spans[*fullest].oldest);
    switch (*fullest) {
        case raw:
            TRY(raw_begins(since));
            TRY(clear_raw());
            break;
        case minutes:
            minutes_clear_.reset();
            TRY(clear_rolled(Resolution::minute, since));
            break;
        case hours:
            hours_clear_.reset();
            TRY(clear_rolled(Resolution::hour, since));
            break;
        default:
            occasions_clear_.reset();
            TRY(clear_occasions(since));
    }
    return true;
}

Attempt<void> Retention::raw_begins(WallTime since) {
    TRY(database_->execute(
        fmt::format("UPDATE kept SET raw_since = max(raw_since, {})", count_of(since))));
    raw_is_clear_ = false;
    return {};
}

/// Where raw rows would be kept from a moment on that is still to come, a clock that was ahead has
/// said so: what is there now is kept.
Attempt<void> Retention::come_back(WallTime now) {
    if (TRY(database_->number("SELECT raw_since FROM kept")) <= count_of(now)) return {};
    const Span span = TRY(raw_span(*database_));
    return database_->execute(fmt::format("UPDATE kept SET raw_since = {}",
                                          count_of(std::min(now, span.oldest.value_or(now)))));
}

Attempt<bool> Retention::clear_raw() {
    if (raw_is_clear_) return false;
    const WallTime since(
        std::chrono::nanoseconds(TRY(database_->number("SELECT raw_since FROM kept"))));
    if (TRY(delete_oldest(*database_, "clock", "1", since)) > rows_a_slice / 2) return true;
    if (TRY(delete_by_server(*database_, "sample_by_server", "1", since))) return true;
    raw_is_clear_ = true;
    return false;
}

Attempt<bool> Retention::clear_rolled(Resolution resolution, WallTime before) {
    auto& clear = resolution == Resolution::minute ? minutes_clear_ : hours_clear_;
    if (clear && *clear >= before) return false;
    if (TRY(delete_by_server(*database_, "rolled", of(resolution), before))) return true;
    clear = before;
    return false;
}

Attempt<bool> Retention::clear_occasions(WallTime before) {
    if (occasions_clear_ && *occasions_clear_ >= before) return false;
    for (const char* table : occasion_tables)
        if (TRY(delete_oldest(*database_, table, "1", before)) > rows_a_slice / 2) return true;
    occasions_clear_ = before;
    return false;
}

Attempt<bool> Retention::give_back() {
    const auto free = TRY(database_->number("PRAGMA freelist_count"));
    if (free <= pages_in_reserve) return false;
    TRY(database_->execute(fmt::format("PRAGMA incremental_vacuum({})",
                                       std::min(pages_a_slice, free - pages_in_reserve))));
    return free - pages_a_slice > pages_in_reserve;
}

}  // namespace clockwright::store
