#include "store/database.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "late_library.h"

namespace clockwright::store {
namespace {

/// How long we wait for another process: an agent that stands still measures nothing.
constexpr int patience_milliseconds = 250;
/// What one row or statement may take; ours are far smaller.
constexpr int largest_row = 1 << 20;

DatabaseFault kind_of(int code) {
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return DatabaseFault::busy;
        case SQLITE_FULL:
        case SQLITE_IOERR:
            return DatabaseFault::full;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return DatabaseFault::corrupt;
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_READONLY:
        case SQLITE_AUTH:
            return DatabaseFault::not_permitted;
        default:
            return DatabaseFault::failed;
    }
}

std::string_view describe(DatabaseFault kind, sqlite3* connection) {
    switch (kind) {
        case DatabaseFault::busy:
            return "another program is writing to it";
        case DatabaseFault::full:
            if ((sqlite3_errcode(connection) & 0xff) == SQLITE_FULL) return "no space is left";
            return "the disk has an error or is full";
        default:
            return sqlite3_errmsg(connection);
    }
}

std::unexpected<DatabaseError> failure(std::string_view what, const std::string& path, int code,
                                       sqlite3* connection) {
    const DatabaseFault kind = kind_of(code);
    return std::unexpected(DatabaseError{
        kind, fmt::format("cannot {} {}: {}", what, path, describe(kind, connection))});
}

/// A file name as a URI: everything but what is plainly safe is escaped.
std::string uri_of(const std::string& path, std::string_view query) {
    std::string uri = "file:";
    for (const char letter : path) {
        const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                           (letter >= '0' && letter <= '9') || letter == '/' || letter == '.' ||
                           letter == '-' || letter == '_';
        uri += plain ? std::string(1, letter)
                     : fmt::format("%{:02x}", static_cast<unsigned char>(letter));
    }
    return uri + std::string(query);
}

void set_limits(sqlite3* connection) {
    sqlite3_busy_timeout(connection, patience_milliseconds);
    sqlite3_extended_result_codes(connection, 1);
    sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, largest_row);
    sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0);
    // The file may not be trusted more than its rows: no schema of its own may run functions.
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void Statement::bind(int index, std::int64_t number) {
    sqlite3_bind_int64(statement_.get(), index, number);
}

void Statement::bind(int index, double number) {
    sqlite3_bind_double(statement_.get(), index, number);
}

void Statement::bind(int index, std::string_view text) {
    sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
}

void Statement::bind_null(int index) {
    sqlite3_bind_null(statement_.get(), index);
}

Attempt<bool> Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) {
        sqlite3_reset(statement_.get());
        return false;
    }
    const bool reads = sqlite3_column_count(statement_.get()) > 0;
    auto error = failure(reads ? "read" : "write", path_, code, connection_);
    sqlite3_reset(statement_.get());
    return error;
}

Attempt<void> Statement::run() {
    while (TRY(step())) {
    }
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const {
    const auto* letters =
        reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    if (letters == nullptr) return {};
    return {letters, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

WallTime Statement::instant(int column) const {
    return WallTime(std::chrono::nanoseconds(integer(column)));
}

std::optional<Seconds> Statement::interval(int column) const {
    if (is_null(column)) return std::nullopt;
    return Seconds{real(column)};
}

void Database::Close::operator()(sqlite3* connection) const {
    sqlite3_close_v2(connection);
}

Attempt<Database> Database::connect(const std::string& name, const std::string& path, int flags) {
    sqlite3* raw = nullptr;
    const int code =
        sqlite3_open_v2(name.c_str(), &raw, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
    std::unique_ptr<sqlite3, Close> connection(raw);
    if (code != SQLITE_OK) return failure("open", path, code, raw);
    set_limits(raw);
    return Database(std::move(connection), path);
}

Attempt<Database> Database::open(const std::string& path, Access access) {
    if (auto usable = loaded(&clockwright_load_sqlite); !usable)
        return std::unexpected(
            DatabaseError{DatabaseFault::failed, std::move(usable.error().message)});
    if (access == Access::write) {
        auto database =
            TRY(connect(uri_of(path, ""), path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
        // Before the first table: what is deleted must be given back to the disk later. Normal:
        // a transaction outlives us; to outlive a loss of power it needs `Recorder::sync`.
        TRY(database.execute(
            "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
            "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -768;"
            "PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 4194304;"
            "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0"));
        return database;
    }
    auto database = TRY(connect(uri_of(path, ""), path, SQLITE_OPEN_READONLY));
    // Without a writer, in a directory that is closed to us, there is no log to share.
    if (!database.number("SELECT count(*) FROM sqlite_schema") &&
        ::access((path + "-wal").c_str(), F_OK) != 0)
        database = TRY(connect(uri_of(path, "?immutable=1"), path, SQLITE_OPEN_READONLY));
    TRY(database.execute("PRAGMA cache_size = -2048; PRAGMA cell_size_check = ON"));
    return database;
}

Attempt<void> Database::execute(std::string_view sql) {
    const std::string text(sql);
    const int code = sqlite3_exec(connection_.get(), text.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return failure("write", path_, code, connection_.get());
    return {};
}

Attempt<Statement> Database::prepare(std::string_view sql) const {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (code != SQLITE_OK) return failure("read", path_, code, connection_.get());
    return Statement(connection_.get(), raw, path_);
}

/// What comes with every transaction is read but once.
Attempt<void> Database::run(std::optional<Statement>& kept, std::string_view sql) {
    if (!kept) kept = TRY(prepare(sql));
    return kept->run();
}

Attempt<std::int64_t> Database::number(std::string_view sql) const {
    auto statement = TRY(prepare(sql));
    return TRY(statement.step()) ? statement.integer(0) : 0;
}

std::int64_t Database::changed() const {
    return sqlite3_changes64(connection_.get());
}

Attempt<Transaction> Transaction::begin(Database& database) {
    TRY(database.run(database.begin_, "BEGIN IMMEDIATE"));
    return Transaction(database);
}

Transaction::~Transaction() {
    // Some failures have rolled back already; then there is nothing to undo.
    if (database_) (void)database_->execute("ROLLBACK");
}

Attempt<void> Transaction::commit() {
    TRY(database_->run(database_->commit_, "COMMIT"));
    database_ = nullptr;
    return {};
}

}  // namespace clockwright::store
