/// SQLite as values: a connection, a statement, a transaction; every failure has its kind.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "result.h"
#include "time/units.h"

struct sqlite3;
struct sqlite3_stmt;

namespace clockwright::store {

/// What can be done about it.
enum class DatabaseFault : std::uint8_t {
    busy,           ///< another process writes: try again
    full,           ///< no room, or the device failed: keep the rows, try again later
    corrupt,        ///< what is there cannot be read: put it aside
    newer,          ///< of a later release: put it aside, or leave it alone
    not_permitted,  ///< the operating system said no
    failed          ///< anything else
};

struct DatabaseError {
    DatabaseFault kind = DatabaseFault::failed;
    std::string message;  ///< one sentence that names the file

    operator Error() const {  // NOLINT(google-explicit-constructor): TRY passes it on
        return {kind == DatabaseFault::not_permitted ? Fault::not_permitted : Fault::failed,
                message};
    }
};

template <class T>
using Attempt = std::expected<T, DatabaseError>;

/// One prepared statement. What is bound is copied; `reset` keeps it.
class Statement {
  public:
    void bind(int index, std::int64_t number);
    void bind(int index, int number) { bind(index, std::int64_t{number}); }
    void bind(int index, bool flag) { bind(index, std::int64_t{flag}); }
    void bind(int index, double number);
    void bind(int index, std::string_view text);
    void bind(int index, const char* text) { bind(index, std::string_view(text)); }
    void bind(int index, WallTime instant) { bind(index, instant.time_since_epoch().count()); }
    void bind(int index, Seconds interval) { bind(index, interval.count()); }
    void bind(int index, Ppm frequency) { bind(index, frequency.value); }
    template <class Value>
    void bind(int index, const std::optional<Value>& value) {
        value ? bind(index, *value) : bind_null(index);
    }
    /// From ?1 on.
    template <class... Values>
    void bind_all(const Values&... values) {
        int index = 0;
        bind_next(index, values...);
    }
    /// Those after `index`, which is moved to the last of them.
    template <class... Values>
    void bind_next(int& index, const Values&... values) {
        (bind(++index, values), ...);
    }

    /// True: there is a row. After the last one it can be run again.
    Attempt<bool> step();
    /// To its end; rows are passed over.
    Attempt<void> run();
    void reset();

    /// Columns from 0 on.
    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;
    WallTime instant(int column) const;
    std::optional<Seconds> interval(int column) const;

  private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    Statement(sqlite3* connection, sqlite3_stmt* statement, std::string path)
        : connection_(connection), statement_(statement), path_(std::move(path)) {}
    void bind_null(int index);

    sqlite3* connection_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    std::string path_;
};

/// One connection to one file. Not for two threads at once.
class Database {
  public:
    enum class Access : std::uint8_t { read, write };

    /// `write` makes the file when it is missing, and sets write-ahead logging. `read` never writes
    /// a row; it works beside a writer, and in a directory that may not be written.
    static Attempt<Database> open(const std::string& path, Access access);

    /// One or more statements without values.
    Attempt<void> execute(std::string_view sql);
    Attempt<Statement> prepare(std::string_view sql) const;
    /// The first column of the first row; 0 without one.
    Attempt<std::int64_t> number(std::string_view sql) const;
    /// Rows that the last insert, update or delete touched.
    std::int64_t changed() const;
    const std::string& path() const { return path_; }

  private:
    struct Close {
        void operator()(sqlite3* connection) const;
    };
    Database(std::unique_ptr<sqlite3, Close> connection, std::string path)
        : connection_(std::move(connection)), path_(std::move(path)) {}
    static Attempt<Database> connect(const std::string& name, const std::string& path, int flags);

    friend class Transaction;
    Attempt<void> run(std::optional<Statement>& kept, std::string_view sql);

    std::unique_ptr<sqlite3, Close> connection_;
    std::string path_;
    std::optional<Statement> begin_, commit_;  ///< prepared at the first transaction
};

/// Everything until `commit`, or nothing.
class Transaction {
  public:
    static Attempt<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept : database_(other.database_) {
        other.database_ = nullptr;
    }
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    Attempt<void> commit();

  private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;
};

}  // namespace clockwright::store
