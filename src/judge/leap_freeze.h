/// Whether sources may be switched now: not around a leap second (rule T-7).
#pragma once

#include <span>
#include <string>

#include "judge/selection.h"
#include "time/leap_table.h"

namespace clockwright {

/// Why nothing may be switched at `now` (the local clock, corrected by the consensus where there is
/// one): a leap second of the table within 24 h either way, the end of a June or December of which
/// an expired table tells nothing (rule L-2), or a leap second that more than half of the judged
/// servers (two at least) announce. Empty: no freeze.
std::string freeze_reason(const LeapTable& table, WallTime now, const Selection& selection);

}  // namespace clockwright
