/// The chosen set as a daemon's own configuration lines: sorted, stable, no time stamps.
#pragma once

#include <string>
#include <string_view>

#include "judge/nts_policy.h"
#include "publish/scan_report.h"
#include "result.h"

namespace clockwright {

struct RenderedSet {
    std::string lines;     ///< nothing else; empty when nobody is chosen, or `nts` cannot be kept
    std::string decision;  ///< what was decided on NTS; empty: nothing to tell
};

/// Nothing is written that `nts = require` does not allow. Fault::usage for a daemon this release
/// has no dialect for.
Result<RenderedSet> render_set(const ScanReport& report, std::string_view daemon, NtsPolicy nts);

}  // namespace clockwright
