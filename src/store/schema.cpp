#include "store/schema.h"

#include <fmt/format.h>

#include <array>

namespace clockwright::store {
namespace {

constexpr int application = 0x436c5752;  // "ClWR"

/// Instants are nanoseconds of Unix time, intervals seconds, frequencies ppm. Names and reasons
/// that come again and again are numbers of `word`, 0 is the empty one. Every table is clustered by
/// its key, so a stretch of one server lies together and the same row twice is one row.
constexpr std::string_view raw_rows = R"(
CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO word VALUES(0, '');
CREATE TABLE sample(server INTEGER NOT NULL, at INTEGER NOT NULL, address INTEGER NOT NULL,
  by_daemon INTEGER NOT NULL, authenticated INTEGER NOT NULL, stratum INTEGER, lost INTEGER NOT NULL,
  offset REAL, error REAL, delay REAL, root_distance REAL,
  PRIMARY KEY(server, at, address, by_daemon)) STRICT, WITHOUT ROWID;
CREATE TABLE clock(at INTEGER PRIMARY KEY, offset REAL, bound REAL, frequency REAL,
  demonstrated INTEGER NOT NULL, stratum INTEGER NOT NULL, agreeing INTEGER NOT NULL,
  judged INTEGER NOT NULL, authenticated INTEGER, consensus REAL, consensus_bound REAL,
  daemon INTEGER NOT NULL, sentence TEXT NOT NULL) STRICT;
CREATE TABLE verdict(at INTEGER NOT NULL, server INTEGER NOT NULL, verdict TEXT NOT NULL,
  reason TEXT NOT NULL, PRIMARY KEY(at, server)) STRICT, WITHOUT ROWID;
CREATE TABLE event(at INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
  text TEXT NOT NULL, size REAL, PRIMARY KEY(at, kind, subject, text)) STRICT, WITHOUT ROWID;
CREATE TABLE alert(at INTEGER NOT NULL, rule TEXT NOT NULL, subject TEXT NOT NULL,
  state INTEGER NOT NULL, severity INTEGER NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY(at, rule, subject, state)) STRICT, WITHOUT ROWID;
CREATE TABLE run(at INTEGER PRIMARY KEY, took REAL NOT NULL, candidates INTEGER NOT NULL,
  packets INTEGER NOT NULL, chosen TEXT NOT NULL, expected_error REAL, gain REAL,
  plan TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
)";

/// `due`: the stretches whose roll-up is not made yet, or no longer true. `server` 0 is this clock.
/// Where all values of a stretch are one, only the mean is kept.
constexpr std::string_view roll_ups = R"(
CREATE TABLE due(resolution INTEGER NOT NULL, at INTEGER NOT NULL, server INTEGER NOT NULL,
  PRIMARY KEY(resolution, at, server)) STRICT, WITHOUT ROWID;
CREATE TABLE rolled(resolution INTEGER NOT NULL, server INTEGER NOT NULL, at INTEGER NOT NULL,
  count INTEGER NOT NULL, lost INTEGER NOT NULL, mean REAL, least REAL, most REAL, median REAL,
  p95 REAL, p99 REAL, delay_median REAL, delay_least REAL, bound_most REAL,
  PRIMARY KEY(resolution, server, at)) STRICT, WITHOUT ROWID;
CREATE TABLE kept(raw_since INTEGER NOT NULL) STRICT;
INSERT INTO kept VALUES(0);
INSERT OR IGNORE INTO due SELECT 1, at - at % 3600000000000, server FROM sample;
INSERT OR IGNORE INTO due SELECT 1, at - at % 3600000000000, 0 FROM clock;
)";

/// `sort_samples` empties the one table of samples into the other; `sample` is both.
constexpr std::string_view samples_by_time = R"(
ALTER TABLE sample RENAME TO sample_by_server;
CREATE TABLE sample_by_time(server INTEGER NOT NULL, at INTEGER NOT NULL, address INTEGER NOT NULL,
  by_daemon INTEGER NOT NULL, authenticated INTEGER NOT NULL, stratum INTEGER, lost INTEGER NOT NULL,
  offset REAL, error REAL, delay REAL, root_distance REAL,
  PRIMARY KEY(at, server, address, by_daemon)) STRICT, WITHOUT ROWID;
CREATE VIEW sample AS SELECT * FROM sample_by_server UNION ALL
  SELECT * FROM sample_by_time AS new WHERE NOT EXISTS (SELECT 1 FROM sample_by_server AS sorted
    WHERE sorted.server = new.server AND sorted.at = new.at AND sorted.address = new.address
      AND sorted.by_daemon = new.by_daemon);
)";

/// Step n brings version n to n + 1.
constexpr std::array steps{raw_rows, roll_ups, samples_by_time};
static_assert(steps.size() == schema_version);

}  // namespace

Attempt<int> version_of(const Database& database) {
    const auto version = TRY(database.number("PRAGMA user_version"));
    const bool is_ours = TRY(database.number("PRAGMA application_id")) == application;
    if (!is_ours && TRY(database.number("SELECT count(*) FROM sqlite_schema")) > 0)
        return std::unexpected(DatabaseError{
            DatabaseFault::corrupt,
            fmt::format("{} is a database, but no record of Clockwright", database.path())});
    if (version > schema_version)
        return std::unexpected(
            DatabaseError{DatabaseFault::newer,
                          fmt::format("{} was written by a later release (version {}, this one "
                                      "knows {})",
                                      database.path(), version, schema_version)});
    return static_cast<int>(version);
}

Attempt<void> migrate(Database& database, int version) {
    while (TRY(version_of(database)) < version) {
        auto transaction = TRY(Transaction::begin(database));
        const int next = TRY(version_of(database));  // another process may have been first
        if (next >= version) break;
        TRY(database.execute(steps[static_cast<std::size_t>(next)]));
        TRY(database.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                         application, next + 1)));
        TRY(transaction.commit());
    }
    return {};
}

}  // namespace clockwright::store
