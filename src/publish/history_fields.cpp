#include "publish/history_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "time/spell.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

/// All digits, so that an instant reads back as it was.
std::string timestamp(WallTime at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    const std::string whole = rfc3339(seconds);
    return fmt::format("{}.{:09}Z", whole.substr(0, whole.size() - 1), (at - seconds).count());
}

FieldValue number(double value) {
    return std::isfinite(value) ? FieldValue(value) : FieldValue{};
}
FieldValue field(Seconds interval) {
    return number(interval.count());
}
FieldValue field(Ppm frequency) {
    return number(frequency.value);
}
FieldValue field(double value) {
    return number(value);
}
FieldValue field(int value) {
    return std::int64_t{value};
}
template <class Value>
FieldValue field(const std::optional<Value>& value) {
    return value ? field(*value) : FieldValue{};
}
FieldValue text(const std::string& value) {
    return value.empty() ? FieldValue{} : FieldValue(value);
}
FieldValue word(std::string_view value) {
    return std::string(value);
}

Json json_of(const FieldValue& value) {
    return std::visit(
        [](const auto& one) {
            if constexpr (std::is_same_v<std::decay_t<decltype(one)>, std::monostate>)
                return Json(nullptr);
            else
                return Json(one);
        },
        value);
}

std::string in_quotes(std::string_view cell) {
    if (cell.find_first_of("\",\r\n") == std::string_view::npos) return std::string(cell);
    std::string out = "\"";
    for (const char letter : cell) {
        if (letter == '"') out += '"';
        out += letter;
    }
    return out + '"';
}

std::string guarded(std::string_view cell) {
    const bool is_formula =
        !cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos;
    return in_quotes(is_formula ? "'" + std::string(cell) : std::string(cell));
}

struct CsvCell {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t whole) const { return std::to_string(whole); }
    std::string operator()(double real) const { return fmt::format("{}", real); }
    std::string operator()(const std::string& letters) const { return guarded(letters); }
    std::string operator()(const std::vector<std::string>& list) const {
        return guarded(fmt::format("{}", fmt::join(list, " ")));
    }
};

}  // namespace

Fields fields_of(const SampleRow& row) {
    return {{"timestamp", timestamp(row.at)},
            {"host", row.server},
            {"address", text(row.address)},
            {"offset_seconds", field(row.offset)},
            {"error_seconds", field(row.error)},
            {"delay_seconds", field(row.delay)},
            {"root_distance_seconds", field(row.root_distance)},
            {"stratum", field(row.stratum)},
            {"authenticated", row.authenticated},
            {"by_daemon", row.by_daemon},
            {"lost", text(row.lost)}};
}

Fields fields_of(const ClockRow& row) {
    return {{"timestamp", timestamp(row.at)},
            {"offset_seconds", field(row.offset)},
            {"bound_seconds", field(row.bound)},
            {"demonstrated", row.demonstrated},
            {"frequency_ppm", field(row.frequency)},
            {"stratum", row.stratum == 0 ? FieldValue{} : field(row.stratum)},
            {"agreeing", field(row.agreeing)},
            {"judged", field(row.judged)},
            {"authenticated", field(row.authenticated)},
            {"consensus_seconds", field(row.consensus)},
            {"consensus_bound_seconds", field(row.consensus_bound)},
            {"daemon", text(row.daemon)},
            {"sentence", text(row.sentence)}};
}

Fields fields_of(const VerdictRow& row) {
    return {{"timestamp", timestamp(row.at)},
            {"host", row.server},
            {"verdict", word(to_string(row.verdict))},
            {"reason", text(row.reason)}};
}

Fields fields_of(const EventRow& row) {
    return {{"timestamp", timestamp(row.at)},
            {"kind", row.kind},
            {"subject", text(row.subject)},
            {"size_seconds", field(row.size)},
            {"text", text(row.text)}};
}

Fields fields_of(const AlertRow& row) {
    return {{"timestamp", timestamp(row.at)},
            {"state", word(to_string(row.state))},
            {"severity", word(to_string(row.severity))},
            {"rule", row.rule},
            {"subject", text(row.subject)},
            {"text", text(row.text)}};
}

Fields fields_of(const RunRow& row) {
    return {{"timestamp", timestamp(row.at)},
            {"took_seconds", field(row.took)},
            {"candidates", field(row.candidates)},
            {"packets", field(row.packets)},
            {"chosen", row.chosen},
            {"expected_error_seconds", field(row.expected_error)},
            {"gain", field(row.gain)},
            {"plan", text(row.plan)},
            {"outcome", text(row.outcome)},
            {"reason", text(row.reason)}};
}

std::string json_line(const Fields& fields) {
    Json json = Json::object();
    for (const Field& one : fields) json[std::string(one.key)] = json_of(one.value);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string csv_header(const Fields& fields) {
    std::string line;
    for (const Field& one : fields) line += (line.empty() ? "" : ",") + std::string(one.key);
    return line;
}

std::string csv_line(const Fields& fields) {
    std::string line;
    for (std::size_t n = 0; n < fields.size(); ++n)
        line += (n == 0 ? "" : ",") + std::visit(CsvCell{}, fields[n].value);
    return line;
}

}  // namespace clockwright
