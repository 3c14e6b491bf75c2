#include "store/row_writer.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "publish/roll_up.h"

namespace clockwright::store {
namespace {

constexpr std::size_t most_words_known = 4096, most_marks_known = 4096;

enum Sql : std::size_t { find_word, add_word, due, sample, clock_row, verdict, event, alert, run };

constexpr std::array texts{
    "SELECT id FROM word WHERE text = ?",
    "INSERT INTO word(text) VALUES(?)",
    "INSERT OR IGNORE INTO due VALUES(1, ?, ?)",
    "INSERT OR IGNORE INTO sample(server, at, address, by_daemon, authenticated, stratum, lost, "
    "offset, error, delay, root_distance) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "INSERT OR IGNORE INTO clock VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "INSERT OR IGNORE INTO verdict VALUES(?, ?, ?, ?)",
    "INSERT OR IGNORE INTO event VALUES(?, ?, ?, ?, ?)",
    "INSERT OR IGNORE INTO alert VALUES(?, ?, ?, ?, ?, ?)",
    "INSERT OR IGNORE INTO run VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};

std::string list_of(const std::vector<std::string>& hosts) {
    return nlohmann::json(hosts).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Attempt<RowWriter> RowWriter::prepare(Database& database) {
    RowWriter writer(database);
    for (const char* text : texts) writer.statements_.push_back(TRY(database.prepare(text)));
    return writer;
}

Attempt<bool> RowWriter::write(const Record& row) {
    return std::visit([this](const auto& one) { return put(one); }, row);
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

Attempt<bool> RowWriter::insert(Statement& statement) {
    TRY(statement.run());
    return database_->changed() > 0;
}

Attempt<void> RowWriter::mark_due(WallTime at, std::int64_t server) {
    const WallTime hour = beginning_of(Resolution::hour, at);
    if (marked_.size() >= most_marks_known) marked_.clear();
    if (!marked_.emplace(hour, server).second) return {};
    statements_[due].bind_all(hour, server);
    return statements_[due].run();
}

Attempt<bool> RowWriter::put(const SampleRow& row) {
    const std::int64_t server = TRY(word(row.server));
    const std::int64_t address = TRY(word(row.address));
    const std::int64_t lost = TRY(word(row.lost));
    Statement& statement = statements_[sample];
    statement.bind_all(server, row.at, address, row.by_daemon, row.authenticated, row.stratum, lost,
                       row.offset, row.error, row.delay, row.root_distance);
    const bool added = TRY(insert(statement));
    if (added) TRY(mark_due(row.at, server));
    return added;
}

Attempt<bool> RowWriter::put(const ClockRow& row) {
    const std::int64_t daemon = TRY(word(row.daemon));
    Statement& statement = statements_[clock_row];
    statement.bind_all(row.at, row.offset, row.bound, row.frequency, row.demonstrated, row.stratum,
                       row.agreeing, row.judged, row.authenticated, row.consensus,
                       row.consensus_bound, daemon, row.sentence);
    const bool added = TRY(insert(statement));
    if (added) TRY(mark_due(row.at, 0));
    return added;
}

Attempt<bool> RowWriter::put(const VerdictRow& row) {
    const std::int64_t server = TRY(word(row.server));
    statements_[verdict].bind_all(row.at, server, to_string(row.verdict), row.reason);
    return insert(statements_[verdict]);
}

Attempt<bool> RowWriter::put(const EventRow& row) {
    statements_[event].bind_all(row.at, row.kind, row.subject, row.text, row.size);
    return insert(statements_[event]);
}

Attempt<bool> RowWriter::put(const AlertRow& row) {
    statements_[alert].bind_all(row.at, row.rule, row.subject, static_cast<int>(row.state),
                                static_cast<int>(row.severity), row.text);
    return insert(statements_[alert]);
}

Attempt<bool> RowWriter::put(const RunRow& row) {
    statements_[run].bind_all(row.at, row.took, row.candidates, row.packets, list_of(row.chosen),
                              row.expected_error, row.gain, row.plan, row.outcome, row.reason);
    return insert(statements_[run]);
}

}  // namespace clockwright::store
