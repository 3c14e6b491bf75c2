/// The agent's memory on disk: rows go in, and what cannot be written now waits.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "result.h"
#include "store/retention.h"
#include "store/waiting_rows.h"
#include "watch/record.h"

namespace clockwright::store {

/// What to do with a database that is damaged or of a later release.
enum class Unusable : std::uint8_t {
    set_aside,  ///< keep it under another name and begin a new one
    refuse      ///< leave it alone, and fail
};

class Recorder {
  public:
    /// `record.sqlite` in the state directory; both are made when missing. A full disk is no reason
    /// to fail: then the rows wait. Fault::bad_input for a file that is not ours,
    /// Fault::not_permitted.
    static Result<Recorder> open(const std::string& state_directory,
                                 Unusable unusable = Unusable::set_aside);
    Recorder(Recorder&&) noexcept;
    Recorder& operator=(Recorder&&) noexcept;
    ~Recorder();

    /// All in one transaction, with what waited: after success all of it outlives a crash of ours,
    /// a loss of power when `sync` was called since.
    /// After a failure the rows wait in memory and go with the next call; the error is `fault()`.
    Result<void> write(std::span<const Record> rows);
    /// Waits for the disk; whoever tells of a row elsewhere, as the audit chain does, calls it
    /// before.
    Result<void> sync() const;
    /// The same for a file that is read in: nothing waits, all or nothing, and synced. How many
    /// were new.
    Result<std::int64_t> import(std::span<const Record> rows);

    /// One slice of roll-ups and retention, some tens of milliseconds. True: there is more.
    Result<bool> tidy(WallTime now, const RetentionSettings& settings = {});

    /// Why nothing is recorded at present, in one sentence; empty: it is.
    const std::string& fault() const { return fault_; }
    std::uint64_t waiting() const { return waiting_.size(); }
    std::uint64_t dropped() const { return waiting_.dropped(); }
    /// What must be said loudly, once: a record was set aside, rows were lost.
    std::vector<std::string> take_notices();

  private:
    struct Connection;
    Recorder(std::string path, Unusable unusable);
    Attempt<void> connect();
    Attempt<std::int64_t> put(std::span<const Record> rows);
    Attempt<std::int64_t> put_or_begin_anew(std::span<const Record> rows);
    Attempt<void> begin_anew(const DatabaseError& why);
    void tell_losses();

    std::string path_;
    Unusable unusable_;
    std::unique_ptr<Connection> connection_;  ///< empty: it could not be opened yet
    WaitingRows waiting_;
    std::uint64_t losses_told_ = 0;
    std::string fault_;
    std::vector<std::string> notices_;
};

}  // namespace clockwright::store
