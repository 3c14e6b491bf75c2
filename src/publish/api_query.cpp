#include "publish/api_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::array<ParameterKind, 6> parameters = {{
    {"from", R"({"type": "string", "format": "date-time"})", "first instant, RFC 3339 with Z"},
    {"to", R"({"type": "string", "format": "date-time"})",
     "instant after the last, RFC 3339 with Z"},
    {"server", R"({"type": "string"})", "this server only, as written in the configuration"},
    {"limit", R"({"type": "integer", "minimum": 1, "maximum": 10000})", "the newest rows, so many"},
    {"resolution",
     R"({"type": "string", "enum": ["raw", "minute", "hour", "day"], "default": "raw"})",
     "every row, or rolled up by so much"},
    {"format", R"({"type": "string", "enum": ["json", "csv"], "default": "json"})",
     "how the rows are written"},
}};

std::unexpected<Error> faulty(std::string_view name, std::string_view wanted) {
    return fail(Fault::bad_input, fmt::format("parameter {}: {}", name, wanted));
}

Result<WallTime> instant(std::string_view name, const std::string& text) {
    const auto at = parse_rfc3339(text);
    if (!at) return faulty(name, "no instant like 2026-11-20T18:04:11Z");
    return *at;
}

Result<int> row_limit(const std::string& text) {
    int limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc{} || end != text.data() + text.size() || limit < 1 || limit > most_rows)
        return faulty("limit", fmt::format("no number from 1 to {}", most_rows));
    return limit;
}

Result<std::optional<Resolution>> resolution(const std::string& text) {
    if (text == "raw") return std::nullopt;
    if (text == "minute") return Resolution::minute;
    if (text == "hour") return Resolution::hour;
    if (text == "day") return Resolution::day;
    return faulty("resolution", "none of raw, minute, hour, day");
}

Result<void> take(ApiQuery& query, const std::string& name, const std::string& value) {
    if (name == "from") query.rows.from = TRY(instant(name, value));
    if (name == "to") query.rows.to = TRY(instant(name, value));
    if (name == "limit") query.rows.limit = TRY(row_limit(value));
    if (name == "resolution") query.resolution = TRY(resolution(value));
    if (name == "server") {
        if (value.empty() || value.size() > 300) return faulty(name, "no server's name");
        query.rows.server = value;
    }
    if (name == "format") {
        if (value != "json" && value != "csv") return faulty(name, "neither json nor csv");
        query.csv = value == "csv";
    }
    return {};
}

}  // namespace

std::span<const ParameterKind> known_parameters() {
    return parameters;
}

bool has_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const std::string_view first = words.substr(0, words.find(' '));
        if (first == word) return true;
        words.remove_prefix(std::min(first.size() + 1, words.size()));
    }
    return false;
}

Result<ApiQuery> parse_query(const std::map<std::string, std::string>& given,
                             std::string_view allowed, int default_limit) {
    ApiQuery query;
    query.rows.limit = default_limit;
    if (allowed.empty()) return query;
    for (const auto& [name, value] : given) {
        if (!has_word(allowed, name))
            return faulty(printable(name), fmt::format("not known here; there are: {}", allowed));
        TRY(take(query, name, value));
    }
    if (query.rows.from && query.rows.to && *query.rows.from >= *query.rows.to)
        return faulty("to", "not later than from");
    return query;
}

}  // namespace clockwright
