#include "publish/scan_csv.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "publish/escape.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

/// The one description of a server that there is.
Json described(const ScanRow& row) {
    return Json::parse(server_json(row, 0).text());
}

std::string cell_of(const Json& value) {
    if (value.is_null()) return {};
    return value.is_string() ? csv_cell(value.get<std::string>()) : value.dump();
}

std::string line_of(const std::vector<std::string>& cells) {
    return fmt::format("{}\r\n", fmt::join(cells, ","));
}

}  // namespace

std::string scan_csv(const ScanReport& report) {
    const Json nobody = described({});
    std::vector<std::string> columns;
    for (const auto& [key, value] : nobody.items()) columns.push_back(key);
    std::string text = line_of(columns);
    for (const ScanRow& row : report.rows) {
        const Json server = described(row);
        std::vector<std::string> cells;
        for (const std::string& column : columns) cells.push_back(cell_of(server.at(column)));
        text += line_of(cells);
    }
    return text;
}

}  // namespace clockwright
