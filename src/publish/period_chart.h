/// The pictures of a report on a period.
#pragma once

#include <span>
#include <string>

#include "publish/period_report.h"

namespace clockwright {

/// Offset and bound of the demonstrated looks in the period, as its pictures need them.
void keep_for_pictures(std::span<const ClockRow> looks, PeriodReport& report);

/// SVG: offset and bound where there is a summary, the oscillator's rate where that is told.
std::string period_picture(const PeriodReport& report);

}  // namespace clockwright
