#include "store/recorder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "store/durable_file.h"
#include "store/record_file.h"
#include "store/row_writer.h"
#include "store/sample_order.h"
#include "store/schema.h"

namespace clockwright::store {
namespace {

/// Rows after which samples are sorted though nobody tidies.
constexpr std::int64_t most_unsorted = 1024;

bool cannot_be_used(const DatabaseError& error) {
    return error.kind == DatabaseFault::corrupt || error.kind == DatabaseFault::newer;
}

/// Waiting may help.
bool may_pass(const DatabaseError& error) {
    return error.kind == DatabaseFault::busy || error.kind == DatabaseFault::full;
}

DatabaseError as_attempt(const Error& error) {
    return {
        error.fault == Fault::not_permitted ? DatabaseFault::not_permitted : DatabaseFault::failed,
        error.message};
}

}  // namespace

/// Everything that goes with one open file. It stays where it is: statements point into it.
struct Recorder::Connection {
    explicit Connection(Database opened) : database(std::move(opened)) {}

    Attempt<std::int64_t> write(std::span<const Record> rows) {
        auto transaction = TRY(Transaction::begin(database));
        const std::int64_t added = TRY(writer->write(rows));
        const bool sorts = (unsorted += std::ssize(rows)) > most_unsorted;
        if (sorts) TRY(sort_samples(database));
        TRY(transaction.commit());
        if (sorts) unsorted = 0;
        return added;
    }

    /// All samples are sorted before, so that none counts as new that was there.
    Attempt<std::int64_t> import(std::span<const Record> rows) {
        auto transaction = TRY(Transaction::begin(database));
        TRY(sort_samples(database));
        std::int64_t added = TRY(writer->write(rows));
        added -= TRY(sort_samples(database));
        TRY(transaction.commit());
        return added;
    }

    Database database;
    std::optional<RowWriter> writer;
    std::optional<Retention> retention;
    std::int64_t unsorted = 0;  ///< rows of ours since samples were sorted, at most
};

Recorder::Recorder(std::string path, Unusable unusable)
    : path_(std::move(path)), unusable_(unusable) {}
Recorder::Recorder(Recorder&&) noexcept = default;
Recorder& Recorder::operator=(Recorder&&) noexcept = default;
Recorder::~Recorder() = default;

Result<Recorder> Recorder::open(const std::string& state_directory, Unusable unusable) {
    Recorder recorder(record_path(state_directory), unusable);
    TRY(prepare_record(recorder.path_));
    const auto opened = recorder.put_or_begin_anew({});
    if (!opened) {
        if (!may_pass(opened.error())) return std::unexpected(Error(opened.error()));
        recorder.fault_ = opened.error().message;
    }
    return recorder;
}

Attempt<void> Recorder::connect() {
    if (connection_) return {};
    if (const auto prepared = prepare_record(path_); !prepared)
        return std::unexpected(as_attempt(prepared.error()));
    auto connection =
        std::make_unique<Connection>(TRY(Database::open(path_, Database::Access::write)));
    TRY(migrate(connection->database));
    connection->writer = TRY(RowWriter::prepare(connection->database));
    connection->retention = TRY(Retention::prepare(connection->database));
    connection_ = std::move(connection);
    return {};
}

Attempt<std::int64_t> Recorder::put(std::span<const Record> rows) {
    TRY(connect());
    if (rows.empty()) return 0;
    auto added = connection_->write(rows);
    if (!added) connection_->writer->forget();
    return added;
}

Attempt<std::int64_t> Recorder::put_or_begin_anew(std::span<const Record> rows) {
    const auto written = put(rows);
    if (written || !cannot_be_used(written.error())) return written;
    TRY(begin_anew(written.error()));
    return put(rows);
}

Attempt<void> Recorder::begin_anew(const DatabaseError& why) {
    if (unusable_ == Unusable::refuse) return std::unexpected(why);
    connection_.reset();
    const bool newer = why.kind == DatabaseFault::newer;
    const auto aside =
        set_aside(path_, newer ? "newer" : "corrupt", std::chrono::system_clock::now());
    if (!aside) return std::unexpected(as_attempt(aside.error()));
    notices_.push_back(fmt::format("the record {} and is kept as {}; a new one was begun ({})",
                                   newer ? "was written by a later release" : "is damaged", *aside,
                                   why.message));
    return {};
}

Result<void> Recorder::write(std::span<const Record> rows) {
    Attempt<std::int64_t> written;
    if (waiting_.size() == 0) {
        written = put_or_begin_anew(rows);
        if (!written) waiting_.add(rows);
    } else {
        waiting_.add(rows);
        written = put_or_begin_anew(waiting_.all());
        if (written) waiting_.clear();
    }
    tell_losses();
    fault_ = written ? std::string{} : written.error().message;
    if (!written) return std::unexpected(Error(written.error()));
    return {};
}

Result<void> Recorder::sync() const {
    const std::string log = log_path(path_);
    const Descriptor file(::open(log.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file && errno == ENOENT) return {};  // all of it is in the record, which was synced then
    if (!file || ::fdatasync(file.number()) != 0) return std::unexpected(last_error("sync", log));
    return {};
}

Result<std::int64_t> Recorder::import(std::span<const Record> rows) {
    TRY(put_or_begin_anew({}));
    const auto added = connection_->import(rows);
    if (!added) {
        connection_->writer->forget();
        return std::unexpected(Error(added.error()));
    }
    TRY(sync());
    return *added;
}

Result<bool> Recorder::tidy(WallTime now, const RetentionSettings& settings) {
    TRY(connect());
    const auto more = connection_->retention->step(now, settings);
    connection_->writer->forget_marks();
    if (more) {
        connection_->unsorted = 0;
        return *more;
    }
    if (!cannot_be_used(more.error())) return std::unexpected(Error(more.error()));
    TRY(begin_anew(more.error()));
    TRY(connect());
    return false;
}

void Recorder::tell_losses() {
    const std::uint64_t lost = waiting_.dropped();
    // At once for the first, then in tens of thousands: this may go on for weeks.
    if (lost == 0 || (losses_told_ > 0 && lost < losses_told_ + 10'000)) return;
    losses_told_ = lost;
    notices_.push_back(fmt::format(
        "{} rows that could not be recorded are lost: memory for more of them is full", lost));
}

std::vector<std::string> Recorder::take_notices() {
    return std::exchange(notices_, {});
}

}  // namespace clockwright::store
