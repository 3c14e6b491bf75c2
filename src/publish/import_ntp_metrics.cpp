#include <algorithm>
#include <array>

#include "publish/import_kinds.h"

namespace clockwright {
namespace {

constexpr double longest_delay = 1e6, farthest = 1e11;  ///< seconds; beyond is no measurement

std::string_view trimmed(std::string_view cell) {
    while (cell.starts_with(' ') || cell.starts_with('"')) cell.remove_prefix(1);
    while (cell.ends_with(' ') || cell.ends_with('"')) cell.remove_suffix(1);
    return cell;
}

/// Exactly three cells.
std::optional<std::array<std::string_view, 3>> cells_of(std::string_view line) {
    std::array<std::string_view, 3> cells;
    for (std::size_t n = 0; n < cells.size(); ++n) {
        const std::size_t comma = line.find(',');
        const bool is_last = n + 1 == cells.size();
        if ((comma == std::string_view::npos) != is_last) return std::nullopt;
        cells[n] = trimmed(line.substr(0, comma));
        if (!is_last) line.remove_prefix(comma + 1);
    }
    return cells;
}

void read_row(std::string_view line, int number, ImportSheet& sheet) {
    const auto cells = cells_of(line);
    if (!cells) return sheet.fault(number, "must have three cells: timestamp,offset,delay");
    const auto at = sheet.instant((*cells)[0]);
    if (!at) return sheet.fault(number, "timestamp: must be an instant");
    const auto offset = parse_number((*cells)[1]);
    if (!offset || *offset < -farthest || *offset > farthest)
        return sheet.fault(number, "offset: must be a number of seconds");
    const auto delay = parse_number((*cells)[2]);
    if (!delay || *delay < 0 || *delay > longest_delay)
        return sheet.fault(number, "delay: must be a number of seconds, 0 or more");
    SampleRow row;
    row.at = *at;
    row.server = sheet.settings().server;
    row.offset = Seconds{*offset};
    row.delay = Seconds{*delay};
    sheet.add(std::move(row));
}

}  // namespace

void read_ntp_metrics(std::string_view text, ImportSheet& sheet) {
    bool is_header = true;
    for_each_line(text, [&](std::string_view line, int number) {
        if (line.find_first_not_of(" \t") == std::string_view::npos) return;
        if (!is_header) read_row(line, number, sheet);
        is_header = false;
    });
}

}  // namespace clockwright
