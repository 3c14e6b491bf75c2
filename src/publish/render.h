/// The chosen set as a daemon's own configuration lines: sorted (for a daemon that follows one
/// server: best first), no time stamps.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "judge/nts_policy.h"
#include "publish/scan_report.h"
#include "result.h"

namespace clockwright {

struct RenderedSet {
    std::string lines;     ///< nothing else; empty when nobody is chosen, or `nts` cannot be kept
    std::string decision;  ///< what was decided on NTS; empty: nothing to tell
    std::vector<std::string> left_out;  ///< chosen, but the daemon has no words for it, and why
};

/// Nothing is written that `nts = require` does not allow. Fault::usage for a daemon that
/// is none.
Result<RenderedSet> render_set(const ScanReport& report, std::string_view daemon, NtsPolicy nts);

}  // namespace clockwright
