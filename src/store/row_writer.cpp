#include "store/row_writer.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "publish/roll_up.h"

namespace clockwright::store {
namespace {

constexpr std::size_t most_words_known = 4096, most_marks_known = 4096;
/// In one statement: most of what a row costs is a statement of its own.
constexpr std::size_t samples_at_once = 20;

enum Sql : std::size_t {
    find_word,
    add_word,
    due,
    sample,
    clock_row,
    verdict,
    event,
    alert,
    run,
    many_samples
};

constexpr std::array texts{
    "SELECT id FROM word WHERE text = ?",
    "INSERT INTO word(text) VALUES(?)",
    "INSERT OR IGNORE INTO due VALUES(1, ?, ?)",
    "INSERT OR IGNORE INTO sample_by_time(server, at, address, by_daemon, authenticated, stratum, "
    "lost, offset, error, delay, root_distance) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "INSERT OR IGNORE INTO clock VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "INSERT OR IGNORE INTO verdict VALUES(?, ?, ?, ?)",
    "INSERT OR IGNORE INTO event VALUES(?, ?, ?, ?, ?)",
    "INSERT OR IGNORE INTO alert VALUES(?, ?, ?, ?, ?, ?)",
    "INSERT OR IGNORE INTO run VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};

/// The statement of one row, for as many as are written at once.
std::string for_many(std::string sql) {
    const std::string row = sql.substr(sql.rfind('('));
    for (std::size_t i = 1; i < samples_at_once; ++i) sql += ", " + row;
    return sql;
}

bool begins_with_many_samples(std::span<const Record> rows) {
    return rows.size() >= samples_at_once &&
           std::ranges::all_of(rows.first(samples_at_once), [](const Record& row) {
               return std::holds_alternative<SampleRow>(row);
           });
}

std::string list_of(const std::vector<std::string>& hosts) {
    return nlohmann::json(hosts).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Attempt<RowWriter> RowWriter::prepare(Database& database) {
    RowWriter writer(database);
    for (const char* text : texts) writer.statements_.push_back(TRY(database.prepare(text)));
    writer.statements_.push_back(TRY(database.prepare(for_many(texts[sample]))));
    return writer;
}

Attempt<std::int64_t> RowWriter::write(std::span<const Record> rows) {
    std::int64_t added = 0;
    while (!rows.empty()) {
        const auto lot = rows.first(begins_with_many_samples(rows) ? samples_at_once : 1);
        added += lot.size() > 1
                     ? TRY(put_many(lot))
                     : TRY(std::visit([this](const auto& one) { return put(one); }, lot.front()));
        rows = rows.subspan(lot.size());
    }
    return added;
}

Attempt<std::int64_t> RowWriter::word(const std::string& text) {
    if (text.empty()) return 0;
    if (const auto known = words_.find(text); known != words_.end()) return known->second;
    Statement& find = statements_[find_word];
    find.bind_all(text);
    std::int64_t id = 0;
    if (TRY(find.step())) {
        id = find.integer(0);
        find.reset();
    } else {
        statements_[add_word].bind_all(text);
        TRY(statements_[add_word].run());
        id = TRY(database_->number("SELECT last_insert_rowid()"));
    }
    if (words_.size() >= most_words_known) words_.clear();
    words_.emplace(text, id);
    return id;
}

Attempt<std::int64_t> RowWriter::insert(Statement& statement) {
    TRY(statement.run());
    return database_->changed();
}

Attempt<void> RowWriter::mark_due(WallTime at, std::int64_t server) {
    const WallTime hour = beginning_of(Resolution::hour, at);
    if (marked_.size() >= most_marks_known) marked_.clear();
    if (!marked_.insert(std::pair(hour, server)).second) return {};
    statements_[due].bind_all(hour, server);
    return statements_[due].run();
}

/// Its values after `index`; its server.
Attempt<std::int64_t> RowWriter::bind(Statement& statement, int& index, const SampleRow& row) {
    const std::int64_t server = TRY(word(row.server));
    const std::int64_t address = TRY(word(row.address));
    const std::int64_t lost = TRY(word(row.lost));
    statement.bind_next(index, server, row.at, address, row.by_daemon, row.authenticated,
                        row.stratum, lost, row.offset, row.error, row.delay, row.root_distance);
    return server;
}

Attempt<std::int64_t> RowWriter::put(const SampleRow& row) {
    int index = 0;
    const std::int64_t server = TRY(bind(statements_[sample], index, row));
    const std::int64_t added = TRY(insert(statements_[sample]));
    if (added > 0) TRY(mark_due(row.at, server));
    return added;
}

/// Where some of them were there already, their hours are marked too: they come out the same.
Attempt<std::int64_t> RowWriter::put_many(std::span<const Record> lot) {
    std::array<std::int64_t, samples_at_once> servers{};
    int index = 0;
    for (std::size_t i = 0; i < lot.size(); ++i)
        servers[i] = TRY(bind(statements_[many_samples], index, std::get<SampleRow>(lot[i])));
    const std::int64_t added = TRY(insert(statements_[many_samples]));
    for (std::size_t i = 0; added > 0 && i < lot.size(); ++i)
        TRY(mark_due(std::get<SampleRow>(lot[i]).at, servers[i]));
    return added;
}

Attempt<std::int64_t> RowWriter::put(const ClockRow& row) {
    const std::int64_t daemon = TRY(word(row.daemon));
    Statement& statement = statements_[clock_row];
    statement.bind_all(row.at, row.offset, row.bound, row.frequency, row.demonstrated, row.stratum,
                       row.agreeing, row.judged, row.authenticated, row.consensus,
                       row.consensus_bound, daemon, row.sentence);
    const std::int64_t added = TRY(insert(statement));
    if (added > 0) TRY(mark_due(row.at, 0));
    return added;
}

Attempt<std::int64_t> RowWriter::put(const VerdictRow& row) {
    const std::int64_t server = TRY(word(row.server));
    statements_[verdict].bind_all(row.at, server, to_string(row.verdict), row.reason);
    return insert(statements_[verdict]);
}

Attempt<std::int64_t> RowWriter::put(const EventRow& row) {
    statements_[event].bind_all(row.at, row.kind, row.subject, row.text, row.size);
    return insert(statements_[event]);
}

Attempt<std::int64_t> RowWriter::put(const AlertRow& row) {
    statements_[alert].bind_all(row.at, row.rule, row.subject, static_cast<int>(row.state),
                                static_cast<int>(row.severity), row.text);
    return insert(statements_[alert]);
}

Attempt<std::int64_t> RowWriter::put(const RunRow& row) {
    statements_[run].bind_all(row.at, row.took, row.candidates, row.packets, list_of(row.chosen),
                              row.expected_error, row.gain, row.plan, row.outcome, row.reason);
    return insert(statements_[run]);
}

}  // namespace clockwright::store
