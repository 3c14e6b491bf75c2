/// Text from outside, made safe for where it goes: HTML, a Prometheus label, a cell of CSV.
#pragma once

#include <string>
#include <string_view>

namespace clockwright {

/// For text and for attribute values in quotes.
std::string escape_html(std::string_view text);

/// Between the quotes of a label value; always valid UTF-8.
std::string escape_label(std::string_view text);

/// A cell of RFC 4180. What a spreadsheet would take for a formula (it begins with = + - @, a tab
/// or a carriage return) gets an apostrophe before it.
std::string csv_cell(std::string_view text);

}  // namespace clockwright
