/// One row of the record into its table. The same row twice is one row.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/database.h"
#include "watch/record.h"

namespace clockwright::store {

class RowWriter {
  public:
    static Attempt<RowWriter> prepare(Database& database);

    /// Within the caller's transaction. True: it was not there yet.
    Attempt<bool> write(const Record& row);
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
    Attempt<bool> insert(Statement& statement);
    Attempt<void> mark_due(WallTime at, std::int64_t server);

    Attempt<bool> put(const SampleRow& row);
    Attempt<bool> put(const ClockRow& row);
    Attempt<bool> put(const VerdictRow& row);
    Attempt<bool> put(const EventRow& row);
    Attempt<bool> put(const AlertRow& row);
    Attempt<bool> put(const RunRow& row);

    Database* database_;
    std::vector<Statement> statements_;
    std::map<std::string, std::int64_t> words_;           ///< a part of the table `word`
    std::set<std::pair<WallTime, std::int64_t>> marked_;  ///< a part of the table `due`
};

}  // namespace clockwright::store
