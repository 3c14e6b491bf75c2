/// The copy of the record that nobody changes unseen: appended to, each line bound to all before
/// it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "store/chain_lines.h"
#include "store/lock.h"
#include "watch/record.h"

namespace clockwright::store {

/// A file a day, `audit/2026-11-20.chain` in the state directory; a clock that is set back goes on
/// in the last one, so that the names are in the order of the chain. What is above 8 MiB is gone on
/// with in `2026-11-20~0002.chain`. A line is the hash of the one
/// before and of its own text, a blank, and that text: a JSON object with its number, the boot, the
/// steady clock, and the row as `history export` has it. A row that is a sample is left out: the
/// clock's own row has what came of them, once a minute and when what it demonstrates changes, so
/// that a fast agent does not fill the disk with what nothing removes. Several programs may add to
/// one chain: each holds `audit/lock` for a moment, and goes on where the last of them ended.
class AuditChain {
  public:
    static constexpr std::chrono::seconds clock_rest{60};
    static constexpr std::size_t most_waiting = 2048;  ///< records that could not be written yet
    static constexpr std::size_t largest_file = 8 * 1024 * 1024;

    /// Goes on where the last file ends. A last line that a crash tore was never promised to
    /// anybody: it is cut off, and the next record tells how much. Fault::bad_input when the end is
    /// no record of a chain.
    static Result<AuditChain> open(const std::string& state_directory, Digest digest,
                                   std::string boot);

    /// What of these rows belongs into the chain waits for `flush`. Of more than wait the oldest
    /// are dropped, and a record says how many. False: nothing waits.
    bool add(std::span<const Record> rows, const Now& now);
    /// Writes what waits. Durable when it returns; after a failure the chain is as it was, and all
    /// of it comes with the next.
    Result<void> flush(const Now& now);
    /// Both.
    Result<void> append(std::span<const Record> rows, const Now& now) {
        add(rows, now);
        return flush(now);
    }
    const ChainEnd& end() const { return end_; }

    /// Removes files whose last row is of a day before that of `before`, oldest first, never the
    /// last, and records each as a record before; the chain then begins where the newest removed
    /// file ended. Signed heads of such days go as well. How many files of the chain were removed.
    Result<int> prune(WallTime before, const Now& now);

  private:
    AuditChain(std::string directory, Digest digest, std::string boot);
    Result<Lock> hold();
    Result<void> find_end();
    bool still_has_end() const;
    bool is_due(const ClockRow& clock, SteadyTime now);
    std::string members(std::string_view kind, std::string_view row, const Now& now) const;
    void wait(std::string record);
    std::string name_for(std::size_t octets, WallTime now) const;
    Result<void> write(const std::string& lines, const ChainEnd& end, const Now& now);
    void prune_heads(const std::string& oldest_kept) const;

    std::string directory_;
    Digest digest_;
    std::string boot_;
    ChainEnd end_;
    std::string file_;             ///< the last one; empty: none yet
    std::uintmax_t size_ = 0;      ///< of that, as we know it
    std::optional<Now> clock_at_;  ///< of the last row of the clock: its own, and when added
    bool clock_demonstrated_ = false;
    std::size_t torn_ = 0;             ///< octets cut off and not told yet
    std::deque<std::string> waiting_;  ///< records that are in no file yet, oldest first
    std::size_t lost_ = 0;             ///< records dropped before those, and not told yet
};

/// The names of the files in the state directory, oldest first; none: no chain was begun.
std::vector<std::string> chain_files(const std::string& state_directory);
Result<ChainFile> chain_file(const std::string& state_directory, const std::string& name);

/// Where the chain begins: its beginning, or where retention removed what was before. A record of
/// the chain must tell of that (`ChainCheck`); neither is signed: who wants to know that nothing
/// else was removed compares with a head from then.
Result<ChainEnd> chain_base(const std::string& state_directory);

}  // namespace clockwright::store
