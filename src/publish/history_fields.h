/// A row of the record as named values: what JSON, JSON lines and CSV are written from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "watch/record.h"

namespace clockwright {

/// monostate: missing, null in JSON and an empty cell in CSV.
using FieldValue =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// `key` carries the unit.
struct Field {
    std::string_view key;
    FieldValue value;
};
using Fields = std::vector<Field>;

/// The first is always `timestamp`, RFC 3339 with Z and nanoseconds.
Fields fields_of(const SampleRow& row);
Fields fields_of(const ClockRow& row);
Fields fields_of(const VerdictRow& row);
Fields fields_of(const EventRow& row);
Fields fields_of(const AlertRow& row);
Fields fields_of(const RunRow& row);

/// One JSON object on one line, without the newline.
std::string json_line(const Fields& fields);

/// RFC 4180. A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a
/// carriage return) gets a ' before it.
std::string csv_header(const Fields& fields);
std::string csv_line(const Fields& fields);

}  // namespace clockwright
