#include "store/sqlite_history.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "store/record_file.h"
#include "store/schema.h"

namespace clockwright::store {
namespace {

constexpr WallTime earliest = WallTime::min(), latest = WallTime::max();

std::optional<int> small(const Statement& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return static_cast<int>(row.integer(column));
}

std::optional<double> real(const Statement& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return row.real(column);
}

Verdict parse_verdict(std::string_view word) {
    for (int number = 0; number <= static_cast<int>(Verdict::system_peer); ++number)
        if (to_string(static_cast<Verdict>(number)) == word) return static_cast<Verdict>(number);
    return Verdict::unreachable;
}

std::vector<std::string> hosts_of(const std::string& text) {
    std::vector<std::string> hosts;
    const auto list = nlohmann::json::parse(text, nullptr, false);
    if (!list.is_array()) return hosts;
    for (const auto& host : list)
        if (host.is_string()) hosts.push_back(host.get<std::string>());
    return hosts;
}

/// A number of the file as one of an enum; the last one when it is none.
template <class Enum>
Enum among(std::int64_t number, Enum last) {
    return static_cast<Enum>(std::clamp<std::int64_t>(number, 0, static_cast<int>(last)));
}

ClockRow clock_row(const Statement& row) {
    ClockRow clock;
    clock.at = row.instant(0);
    clock.offset = row.interval(1);
    clock.bound = row.interval(2);
    if (const auto frequency = real(row, 3)) clock.frequency = Ppm{*frequency};
    clock.demonstrated = row.integer(4) != 0;
    clock.stratum = small(row, 5).value_or(0);
    clock.agreeing = small(row, 6).value_or(0);
    clock.judged = small(row, 7).value_or(0);
    clock.authenticated = small(row, 8);
    clock.consensus = row.interval(9);
    clock.consensus_bound = row.interval(10);
    clock.daemon = row.text(11);
    clock.sentence = row.text(12);
    return clock;
}

RunRow run_row(const Statement& row) {
    RunRow run;
    run.at = row.instant(0);
    run.took = Seconds{row.real(1)};
    run.candidates = small(row, 2).value_or(0);
    run.packets = small(row, 3).value_or(0);
    run.chosen = hosts_of(row.text(4));
    run.expected_error = row.interval(5);
    run.gain = real(row, 6);
    run.plan = row.text(7);
    run.outcome = row.text(8);
    run.reason = row.text(9);
    return run;
}

/// The server of ?1 itself, and what is told of a pool's members.
std::string about(const std::string& column) {
    return fmt::format(" (?1 = '' OR {0} = ?1 OR substr({0}, 1, length(?1) + 2) = ?1 || ' (') AND",
                       column);
}

/// Where all values were one, only the mean is in the file.
RolledRow rolled_row(const Statement& row, const std::string& server) {
    RolledRow rolled;
    rolled.at = row.instant(0);
    rolled.server = server;
    rolled.count = small(row, 1).value_or(0);
    rolled.lost = small(row, 2).value_or(0);
    rolled.mean = row.interval(3);
    const auto or_mean = [&](int column) {
        return row.is_null(column) ? rolled.mean : row.interval(column);
    };
    rolled.least = or_mean(4);
    rolled.most = or_mean(5);
    rolled.median = or_mean(6);
    rolled.p95 = or_mean(7);
    rolled.p99 = or_mean(8);
    rolled.delay_median = row.interval(9);
    rolled.delay_least = row.is_null(10) ? rolled.delay_median : row.interval(10);
    rolled.bound_most = row.interval(11);
    return rolled;
}

}  // namespace

struct SqliteHistory::File {
    explicit File(Database opened) : database(std::move(opened)) {}

    /// The newest rows within the query, oldest first. `sql` ends where its conditions on time go;
    /// `bind_first` binds what it has before them and returns how many that were.
    template <class Row>
    Attempt<std::vector<Row>> newest(const std::string& sql, const HistoryQuery& query,
                                     const std::function<int(Statement&)>& bind_first,
                                     const std::function<Row(const Statement&)>& read) const {
        auto statement =
            TRY(database.prepare(sql + " at >= ? AND at < ? ORDER BY at DESC LIMIT ?"));
        const int before = bind_first(statement);
        statement.bind(before + 1, query.from.value_or(earliest));
        statement.bind(before + 2, query.to.value_or(latest));
        statement.bind(before + 3, std::max(query.limit, 0));
        std::vector<Row> rows;
        while (TRY(statement.step())) rows.push_back(read(statement));
        std::ranges::reverse(rows);
        return rows;
    }

    /// 0: the record does not know it.
    Attempt<std::int64_t> id_of(const std::string& word) const {
        auto statement = TRY(database.prepare("SELECT id FROM word WHERE text = ?"));
        statement.bind_all(word);
        return TRY(statement.step()) ? statement.integer(0) : 0;
    }

    Attempt<std::string> word(std::int64_t id) const {
        if (const auto known = words.find(id); known != words.end()) return known->second;
        auto statement = TRY(database.prepare("SELECT text FROM word WHERE id = ?"));
        statement.bind_all(id);
        std::string text;
        if (TRY(statement.step())) text = statement.text(0);
        words.emplace(id, text);
        return text;
    }

    /// Every server of which there are samples, one seek each.
    Attempt<std::vector<std::int64_t>> servers() const {
        auto statement = TRY(database.prepare(
            "WITH RECURSIVE one(id) AS (SELECT min(server) FROM sample_by_server UNION ALL SELECT "
            "(SELECT min(server) FROM sample_by_server WHERE server > one.id) FROM one WHERE "
            "one.id IS NOT NULL) SELECT id FROM one WHERE id IS NOT NULL "
            "UNION SELECT server FROM sample_by_time"));
        std::vector<std::int64_t> ids;
        while (TRY(statement.step())) ids.push_back(statement.integer(0));
        return ids;
    }

    Attempt<std::vector<SampleRow>> samples_of(std::int64_t server,
                                               const HistoryQuery& query) const {
        struct Numbers {
            SampleRow row;
            std::int64_t address = 0, lost = 0;
        };
        const auto rows = TRY(newest<Numbers>(
            "SELECT at, address, by_daemon, authenticated, stratum, lost, offset, error, delay, "
            "root_distance FROM sample WHERE server = ? AND",
            query,
            [server](Statement& statement) {
                statement.bind(1, server);
                return 1;
            },
            [](const Statement& row) {
                Numbers numbers{{}, row.integer(1), row.integer(5)};
                numbers.row.at = row.instant(0);
                numbers.row.by_daemon = row.integer(2) != 0;
                numbers.row.authenticated = row.integer(3) != 0;
                numbers.row.stratum = small(row, 4);
                numbers.row.offset = row.interval(6);
                numbers.row.error = row.interval(7);
                numbers.row.delay = row.interval(8);
                numbers.row.root_distance = row.interval(9);
                return numbers;
            }));
        std::vector<SampleRow> samples;
        samples.reserve(rows.size());
        const std::string name = TRY(word(server));
        for (const Numbers& numbers : rows) {
            samples.push_back(numbers.row);
            samples.back().server = name;
            samples.back().address = TRY(word(numbers.address));
            samples.back().lost = TRY(word(numbers.lost));
        }
        return samples;
    }

    Database database;
    mutable std::map<std::int64_t, std::string> words;  ///< those that were asked for
};

SqliteHistory::SqliteHistory(std::unique_ptr<File> file) : file_(std::move(file)) {}
SqliteHistory::SqliteHistory(SqliteHistory&&) noexcept = default;
SqliteHistory& SqliteHistory::operator=(SqliteHistory&&) noexcept = default;
SqliteHistory::~SqliteHistory() = default;

Result<SqliteHistory> SqliteHistory::open(const std::string& state_directory) {
    const std::string path = record_path(state_directory);
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT)
        return fail(
            fmt::format("nothing is recorded yet: there is no {} (clockwright agent writes "
                        "it, and so does history import)",
                        path));
    TRY(check_record(path));
    Database database = TRY(Database::open(path, Database::Access::read));
    const int version = TRY(version_of(database));
    if (version < schema_version)
        return fail(
            fmt::format("{} is of an earlier release; the agent brings it up to date when "
                        "it starts",
                        path));
    return SqliteHistory(std::make_unique<File>(std::move(database)));
}

Result<std::optional<WallTime>> SqliteHistory::oldest() const {
    std::optional<WallTime> oldest;
    const auto take = [&](const std::string& sql) -> Attempt<void> {
        auto statement = TRY(file_->database.prepare(sql));
        if (TRY(statement.step()) && !statement.is_null(0))
            oldest = std::min(oldest.value_or(statement.instant(0)), statement.instant(0));
        return {};
    };
    for (const auto server : TRY(file_->servers()))
        TRY(take(
            fmt::format("SELECT at FROM sample WHERE server = {} ORDER BY at LIMIT 1", server)));
    for (const char* table : {"clock", "verdict", "event", "alert", "run"})
        TRY(take(fmt::format("SELECT min(at) FROM {}", table)));
    return oldest;
}

Result<WallTime> SqliteHistory::raw_since() const {
    return WallTime{
        std::chrono::nanoseconds(TRY(file_->database.number("SELECT raw_since FROM kept")))};
}

Result<std::vector<SampleRow>> SqliteHistory::samples(const HistoryQuery& query) const {
    std::vector<std::int64_t> servers;
    if (query.server.empty())
        servers = TRY(file_->servers());
    else if (const auto id = TRY(file_->id_of(query.server)); id != 0)
        servers.push_back(id);
    std::vector<SampleRow> all;
    HistoryQuery narrowed = query;
    const auto most = static_cast<std::size_t>(std::max(query.limit, 0));
    for (const auto server : servers) {
        auto rows = TRY(file_->samples_of(server, narrowed));
        all.insert(all.end(), std::make_move_iterator(rows.begin()),
                   std::make_move_iterator(rows.end()));
        std::ranges::stable_sort(all, {}, &SampleRow::at);
        if (all.size() > most)
            all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(most));
        // What is older than all of these will not be among the newest.
        if (all.size() == most && most > 0) narrowed.from = all.front().at;
    }
    return all;
}

Result<std::vector<FrequencyPoint>> SqliteHistory::rates(WallTime from,
                                                         std::chrono::nanoseconds stretch) const {
    auto statement = TRY(file_->database.prepare(
        "SELECT ?1 + CAST(avg(at - ?1) AS INTEGER), avg(frequency) FROM clock WHERE at >= ?1 AND "
        "demonstrated AND frequency IS NOT NULL GROUP BY (at - ?1) / ?2 ORDER BY 1"));
    statement.bind(1, from);
    statement.bind(2, static_cast<std::int64_t>(stretch.count()));
    std::vector<FrequencyPoint> rates;
    while (TRY(statement.step())) rates.push_back({statement.instant(0), Ppm{statement.real(1)}});
    return rates;
}

Result<std::vector<ClockRow>> SqliteHistory::clock(const HistoryQuery& query) const {
    return TRY(file_->newest<ClockRow>(
        "SELECT at, offset, bound, frequency, demonstrated, stratum, agreeing, judged, "
        "authenticated, consensus, consensus_bound, word.text, sentence FROM clock "
        "LEFT JOIN word ON word.id = daemon WHERE",
        query, [](Statement&) { return 0; }, clock_row));
}

Result<std::vector<VerdictRow>> SqliteHistory::verdicts(const HistoryQuery& query) const {
    return TRY(file_->newest<VerdictRow>(
        "SELECT at, word.text, verdict, reason FROM verdict LEFT JOIN word ON word.id = server "
        "WHERE" +
            about("word.text"),
        query,
        [&](Statement& statement) {
            statement.bind(1, query.server);
            return 1;
        },
        [](const Statement& row) {
            return VerdictRow{row.instant(0), row.text(1), parse_verdict(row.text(2)), row.text(3)};
        }));
}

Result<std::vector<EventRow>> SqliteHistory::events(const HistoryQuery& query) const {
    return TRY(file_->newest<EventRow>(
        "SELECT at, kind, subject, text, size FROM event WHERE" + about("subject"), query,
        [&](Statement& statement) {
            statement.bind(1, query.server);
            return 1;
        },
        [](const Statement& row) {
            return EventRow{row.instant(0), row.text(1), row.text(2), row.text(3), row.interval(4)};
        }));
}

Result<std::vector<AlertRow>> SqliteHistory::alerts(const HistoryQuery& query) const {
    return TRY(file_->newest<AlertRow>(
        "SELECT at, rule, subject, state, severity, text FROM alert WHERE" + about("subject"),
        query,
        [&](Statement& statement) {
            statement.bind(1, query.server);
            return 1;
        },
        [](const Statement& row) {
            return AlertRow{
                row.instant(0), among(row.integer(3), AlertState::resolved),    row.text(1),
                row.text(2),    among(row.integer(4), AlertSeverity::critical), row.text(5)};
        }));
}

Result<std::vector<RunRow>> SqliteHistory::runs(const HistoryQuery& query) const {
    return TRY(file_->newest<RunRow>(
        "SELECT at, took, candidates, packets, chosen, expected_error, gain, plan, outcome, reason "
        "FROM run WHERE",
        query, [](Statement&) { return 0; }, run_row));
}

Result<std::vector<RolledRow>> SqliteHistory::rolled(Resolution resolution,
                                                     const HistoryQuery& query) const {
    const std::int64_t server = query.server.empty() ? 0 : TRY(file_->id_of(query.server));
    if (server == 0 && !query.server.empty()) return std::vector<RolledRow>{};
    return TRY(file_->newest<RolledRow>(
        "SELECT at, count, lost, mean, least, most, median, p95, p99, delay_median, delay_least, "
        "bound_most FROM rolled WHERE resolution = ? AND server = ? AND",
        query,
        [&](Statement& statement) {
            statement.bind_all(static_cast<int>(resolution), server);
            return 2;
        },
        [&](const Statement& row) { return rolled_row(row, query.server); }));
}

}  // namespace clockwright::store
