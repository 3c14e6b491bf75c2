#include "store/roll_ups.h"

#include <array>
#include <chrono>
#include <utility>

namespace clockwright::store {
namespace {

enum Sql : std::size_t { next, settled, day_due, samples, clock_rows, replace, add };

constexpr std::array texts{
    "SELECT at, server FROM due WHERE resolution = ? AND at <= ? ORDER BY at, server LIMIT 1",
    "DELETE FROM due WHERE resolution = ? AND at = ? AND server = ?",
    "INSERT OR IGNORE INTO due VALUES(2, ?, ?)",
    "SELECT at, offset IS NULL, error, delay, NULL FROM sample_by_server "
    "WHERE server = ? AND at >= ? AND at < ? ORDER BY at",
    "SELECT at, offset IS NULL, offset, NULL, bound FROM clock "
    "WHERE ? = 0 AND at >= ? AND at < ? ORDER BY at",
    "INSERT OR REPLACE INTO rolled VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "INSERT OR IGNORE INTO rolled VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};

WallTime end_of(Resolution resolution, WallTime at) {
    return at + to_nanoseconds(length_of(resolution));
}

}  // namespace

Attempt<RollUps> RollUps::prepare(Database& database) {
    RollUps rolls(database);
    for (const char* text : texts) rolls.statements_.push_back(TRY(database.prepare(text)));
    return rolls;
}

Attempt<std::optional<RollUps::Stretch>> RollUps::next_due(Resolution resolution, WallTime now) {
    Statement& find = statements_[next];
    find.bind_all(static_cast<int>(resolution), now - to_nanoseconds(length_of(resolution)));
    std::optional<Stretch> stretch;
    if (TRY(find.step())) {
        stretch = Stretch{resolution, find.instant(0), find.integer(1)};
        find.reset();
    }
    return stretch;
}

Attempt<std::vector<Polled>> RollUps::polls_of(const Stretch& stretch) {
    Statement& rows = statements_[stretch.server == 0 ? clock_rows : samples];
    rows.bind_all(stretch.server, stretch.at, end_of(stretch.resolution, stretch.at));
    std::vector<Polled> polls;
    while (TRY(rows.step()))
        polls.push_back({.at = rows.instant(0),
                         .lost = rows.integer(1) != 0,
                         .value = rows.interval(2),
                         .delay = rows.interval(3),
                         .bound = rows.interval(4)});
    return polls;
}

Attempt<void> RollUps::keep(Resolution resolution, std::int64_t server, WallTime at,
                            std::span<const Polled> polls, bool whole) {
    RolledRow row = roll_up(at, {}, polls);
    if (row.least == row.most) row.least = row.most = row.median = row.p95 = row.p99 = {};
    if (row.delay_least == row.delay_median) row.delay_least = {};
    Statement& statement = statements_[whole ? replace : add];
    statement.bind_all(static_cast<int>(resolution), server, at, row.count, row.lost, row.mean,
                       row.least, row.most, row.median, row.p95, row.p99, row.delay_median,
                       row.delay_least, row.bound_most);
    return statement.run();
}

Attempt<void> RollUps::keep_minutes(const Stretch& hour, std::span<const Polled> polls,
                                    bool whole) {
    while (!polls.empty()) {
        const WallTime minute = beginning_of(Resolution::minute, polls.front().at);
        std::size_t count = 1;
        while (count < polls.size() && beginning_of(Resolution::minute, polls[count].at) == minute)
            ++count;
        TRY(keep(Resolution::minute, hour.server, minute, polls.first(count), whole));
        polls = polls.subspan(count);
    }
    return {};
}

Attempt<void> RollUps::settle(const Stretch& stretch) {
    statements_[settled].bind_all(static_cast<int>(stretch.resolution), stretch.at, stretch.server);
    TRY(statements_[settled].run());
    if (stretch.resolution != Resolution::hour) return {};
    statements_[day_due].bind_all(beginning_of(Resolution::day, stretch.at), stretch.server);
    return statements_[day_due].run();
}

Attempt<RollUps::Step> RollUps::roll_next(WallTime now) {
    auto stretch = TRY(next_due(Resolution::hour, now));
    if (!stretch) stretch = TRY(next_due(Resolution::day, now));
    if (!stretch) return Step{};
    const auto polls = TRY(polls_of(*stretch));
    const WallTime raw_since(
        std::chrono::nanoseconds(TRY(database_->number("SELECT raw_since FROM kept"))));
    const bool whole = stretch->at >= raw_since;
    const bool cut = !whole && raw_since < end_of(stretch->resolution, stretch->at);
    if (!polls.empty() && !cut) {
        if (stretch->resolution == Resolution::hour) TRY(keep_minutes(*stretch, polls, whole));
        TRY(keep(stretch->resolution, stretch->server, stretch->at, polls, whole));
    }
    TRY(settle(*stretch));
    return Step{true, stretch->at, polls.size()};
}

}  // namespace clockwright::store
