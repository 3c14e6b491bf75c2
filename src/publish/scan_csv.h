/// What a scan found, as a table for spreadsheets (RFC 4180).
#pragma once

#include <string>

#include "publish/scan_report.h"

namespace clockwright {

/// One line for each server, in the order of the report; the columns are the contract's keys of a
/// server in JSON, and what is null there is an empty cell.
std::string scan_csv(const ScanReport& report);

}  // namespace clockwright
