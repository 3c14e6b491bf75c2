/// The chosen set as a daemon's own configuration lines: sorted, stable, no time stamps.
#pragma once

#include <string>
#include <string_view>

#include "judge/nts_policy.h"
#include "publish/scan_report.h"
#include "result.h"

namespace clockwright {

/// Nothing but the lines; empty when nobody is chosen. Fault::usage for a daemon this release has
/// no dialect for.
Result<std::string> render_set(const ScanReport& report, std::string_view daemon, NtsPolicy nts);

}  // namespace clockwright
