/// The audit chain as text: how a line binds what went before, and whether all of them do.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "result.h"
#include "time/units.h"

namespace clockwright::store {

/// SHA-256 of octets as 64 hexadecimal digits.
using Digest = std::string (*)(std::string_view);

/// Where a chain ends, or begins: the hash of its last record, and how many there are.
struct ChainEnd {
    std::string head = std::string(64, '0');
    std::uint64_t records = 0;

    friend bool operator==(const ChainEnd&, const ChainEnd&) = default;
};

/// The next line of a chain, with its newline; `end` goes on to it. `members` are those of its JSON
/// object after the number: `"kind":"event",…`.
std::string chain_line(Digest digest, ChainEnd& end, std::string_view members);

/// What the last line of a file says of itself, unchecked; empty when it is no record.
std::optional<ChainEnd> last_of(std::string_view content);

/// When the last of a file's rows was made, by the clock of then; empty: it has none.
std::optional<WallTime> last_row_of(std::string_view content);

struct ChainFile {
    std::string name, content;
};

/// The members of the record that says that a file which ended so is removed.
std::string pruned_row(const ChainEnd& end);

/// Goes through all records, file by file; the first that is changed, missing or out of its place
/// is Fault::failed, with file and line. `base`: where the chain goes on when its oldest files were
/// removed, which a record of the chain must say as well; a file that ends there is a left-over of
/// that. `seen` is given the text of each record that holds. What is missing at the end shows only
/// against a head that was kept elsewhere (the log has one a day): `head` must then be that of some
/// record or of the base; empty: not asked.
class ChainCheck {
  public:
    using Seen = std::function<void(std::string_view)>;
    explicit ChainCheck(Digest digest, std::string head = {}, ChainEnd base = {}, Seen seen = {});

    Result<void> go_on(const ChainFile& file);
    /// After the last file.
    Result<ChainEnd> finish() const;

  private:
    Digest digest_;
    std::string head_;
    ChainEnd base_, end_;
    Seen seen_;
    bool head_seen_, base_told_;
};

/// Signed, it shows later that nothing was cut off or rewritten up to it.
struct ChainHead {
    std::string host, at;
    ChainEnd end;
};
std::string head_text(const ChainHead& head);
std::optional<ChainHead> parse_head(std::string_view text);

/// What a file `audit/base` holds, and its inverse; empty for what is none.
std::string base_text(const ChainEnd& base);
std::optional<ChainEnd> parse_base(std::string_view text);

}  // namespace clockwright::store
