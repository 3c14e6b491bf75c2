/// A row of the record as named values: what JSON, JSON lines and CSV are written from.
#pragma once

#include <concepts>
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

/// What is not finite is missing, and so is empty text.
FieldValue field_value(double number);
FieldValue field_value(Seconds interval);
FieldValue field_value(Ppm frequency);
FieldValue field_value(std::string_view text);
inline FieldValue field_value(const std::string& text) {
    return field_value(std::string_view(text));
}
inline FieldValue field_value(int number) {
    return std::int64_t{number};
}
inline FieldValue field_value(std::same_as<bool> auto flag) {
    return flag;
}
inline FieldValue field_value(const std::vector<std::string>& list) {
    return list;
}
template <class Value>
FieldValue field_value(const std::optional<Value>& value) {
    return value ? field_value(*value) : FieldValue{};
}

/// The first is always `timestamp`, RFC 3339 with Z and nanoseconds.
Fields fields_of(const SampleRow& row);
Fields fields_of(const ClockRow& row);
Fields fields_of(const VerdictRow& row);
Fields fields_of(const EventRow& row);
Fields fields_of(const AlertRow& row);
Fields fields_of(const RunRow& row);

/// One JSON object on one line, without the newline.
std::string json_line(const Fields& fields);

/// RFC 4180, each text as `csv_cell` writes it.
std::string csv_header(const Fields& fields);
std::string csv_line(const Fields& fields);

}  // namespace clockwright
