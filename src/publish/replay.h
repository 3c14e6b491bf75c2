/// Recorded samples as JSON lines: what `scan --record` writes and `--replay` judges.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "judge/candidate.h"
#include "result.h"

namespace clockwright {

/// One row for each probe, lost ones too; `t_seconds` counts from the first sample. What must not
/// be chosen says so (`selectable`, `why_not_selectable`), as do lost probes that a kiss code
/// answered
/// (`kiss`). `lots`: what
/// decided among equals (SetSettings::machine), so that a replay chooses alike anywhere; may be
/// empty.
std::string record_text(std::span<const Candidate> candidates, std::string_view lots);

struct Recording {
    std::vector<Candidate> candidates;
    std::string lots;  ///< empty: nothing decided among equals
};

/// Candidates in the order their hosts first appear; rows may come in any order. Every fault with
/// file and line: "FILE:3: offset_seconds: must be a number" (Fault::bad_input). Blank lines
/// are passed over.
Result<Recording> parse_replay(std::string_view text, std::string_view file_name);

}  // namespace clockwright
