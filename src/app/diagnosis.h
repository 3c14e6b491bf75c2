/// Path forensics of a scan: tries the way to a few servers, and says what failures have in common.
#pragma once

#include <cstddef>

#include "app/verbs.h"
#include "publish/scan_report.h"
#include "result.h"

namespace clockwright::app {

/// Adds its findings to the report. With `--diagnose` packets are sent, asked of the same
/// remembered budget as those of a scan. By itself, when servers were asked and nobody answered, it
/// goes by the scan alone.
Result<void> diagnose_paths(ScanReport& report, const Context& context);

/// How many packets --diagnose adds at most when so many endpoints are asked.
int most_diagnosis_packets(std::size_t asked);

}  // namespace clockwright::app
