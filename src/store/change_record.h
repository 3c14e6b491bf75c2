/// The text of one change in the journal: a begin record, what happened, an outcome; one JSON
/// object per line.
#pragma once

#include <string>
#include <string_view>

#include "store/journal.h"

namespace clockwright::store {

/// Each ends with a newline.
std::string begin_record(const Change& change);
std::string line_record(const JournalLine& line, WallTime at);
std::string outcome_record(const Outcome& outcome, WallTime at);

/// The change that a file tells of, or nothing when it has no complete line. `file` names it in the
/// change's fault.
std::optional<Change> read_record(std::string_view text, const std::string& file);

/// The same record without the contents of the files its plan writes; all else stays.
std::string without_contents(std::string_view text);

}  // namespace clockwright::store
