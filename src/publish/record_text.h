/// Rows of the record as JSON and as CSV: each member under the same name in both.
#pragma once

#include <string>
#include <vector>

#include "publish/history.h"

namespace clockwright {

/// An array, one row a line, `depth` deep. Instants are RFC 3339, missing values null.
/// For SampleRow, ClockRow, VerdictRow, EventRow, AlertRow, RunRow and RolledRow.
template <class Row>
std::string rows_json(const std::vector<Row>& rows, int depth);

/// One row, on one line.
template <class Row>
std::string row_json(const Row& row);

/// RFC 4180 with a line of titles; missing values are empty.
template <class Row>
std::string rows_csv(const std::vector<Row>& rows);

}  // namespace clockwright
