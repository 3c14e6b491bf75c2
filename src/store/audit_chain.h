/// The copy of the record that nobody changes unseen: appended to, each line bound to all before
/// it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "watch/record.h"

namespace clockwright::store {

/// SHA-256 of octets as 64 hexadecimal digits.
using Digest = std::string (*)(std::string_view);

/// Where a chain ends: the hash of its last record, and how many there are.
struct ChainEnd {
    std::string head;
    std::uint64_t records = 0;
};

/// A file a day, `audit/2026-11-20.chain` in the state directory; a clock that is set back goes on
/// in the last one, so that the names are in the order of the chain. A line is the hash of the one
/// before and of its own text, a blank, and that text: a JSON object with its number, the boot, the
/// steady clock, and the row as `history export` has it. A row that is a sample is left out: the
/// clock's own row has what came of them, once a minute and when what it demonstrates changes, so
/// that a fast agent does not fill the disk with what nothing removes.
class AuditChain {
  public:
    static constexpr std::chrono::seconds clock_rest{60};

    /// Goes on where the last file ends. A last line that a crash tore was never promised to
    /// anybody: it is cut off, and the next record tells how much. Fault::bad_input when the end is
    /// no record of a chain.
    static Result<AuditChain> open(const std::string& state_directory, Digest digest,
                                   std::string boot);

    /// Durable when it returns; after a failure the chain is as it was.
    Result<void> append(std::span<const Record> rows, const Now& now);
    const ChainEnd& end() const { return end_; }

  private:
    AuditChain(std::string directory, Digest digest, std::string boot);
    bool is_due(const ClockRow& clock, SteadyTime now);

    std::string directory_;
    Digest digest_;
    std::string boot_;
    ChainEnd end_;
    std::string file_;                    ///< the last one; empty: none yet
    std::optional<SteadyTime> clock_at_;  ///< of the last row of the clock
    bool clock_demonstrated_ = false;
    std::size_t torn_ = 0;  ///< octets cut off and not told yet
};

struct ChainFile {
    std::string name, content;
};

/// The files of the state directory, oldest first; none: no chain was begun.
Result<std::vector<ChainFile>> chain_files(const std::string& state_directory);

/// Through all records; the first that is changed, missing or out of its place is Fault::failed,
/// with file and line. What is missing at the end shows only against a head that was kept elsewhere
/// (the log has one a day): `head` must then be that of some record; empty: not asked.
Result<ChainEnd> verify_chain(std::span<const ChainFile> files, Digest digest,
                              std::string_view head = {});

}  // namespace clockwright::store
