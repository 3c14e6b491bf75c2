/// Rows of the record into their tables. The same row twice is one row.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/database.h"
#include "watch/record.h"

namespace clockwright::store {

class RowWriter {
  public:
    static Attempt<RowWriter> prepare(Database& database);

    /// Within the caller's transaction. How many were not there yet; of samples, among those that
    /// lie by time.
    Attempt<std::int64_t> write(std::span<const Record> rows);
    /// After a transaction that was not committed: what was learned in it is not true.
    void forget() {
        words_.clear();
        marked_.clear();
    }
    /// After a roll-up: its stretches are due no more.
    void forget_marks() { marked_.clear(); }

  private:
    explicit RowWriter(Database& database) : database_(&database) {}
    Attempt<std::int64_t> word(const std::string& text);
    Attempt<std::int64_t> insert(Statement& statement);
    Attempt<void> mark_due(WallTime at, std::int64_t server);

    Attempt<std::int64_t> bind(Statement& statement, int& index, const SampleRow& row);
    Attempt<std::int64_t> put_many(std::span<const Record> lot);
    Attempt<std::int64_t> put(const SampleRow& row);
    Attempt<std::int64_t> put(const ClockRow& row);
    Attempt<std::int64_t> put(const VerdictRow& row);
    Attempt<std::int64_t> put(const EventRow& row);
    Attempt<std::int64_t> put(const AlertRow& row);
    Attempt<std::int64_t> put(const RunRow& row);

    Database* database_;
    std::vector<Statement> statements_;
    std::unordered_map<std::string, std::int64_t> words_;  ///< a part of the table `word`
    std::set<std::pair<WallTime, std::int64_t>> marked_;   ///< a part of the table `due`
};

}  // namespace clockwright::store
