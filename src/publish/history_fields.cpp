#include "publish/history_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "publish/escape.h"
#include "publish/json_text.h"
#include "time/spell.h"

namespace clockwright {
namespace {

/// All digits, so that an instant reads back as it was.
std::string timestamp(WallTime at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    const std::string whole = rfc3339(seconds);
    return fmt::format("{}.{:09}Z", whole.substr(0, whole.size() - 1), (at - seconds).count());
}

struct JsonValue {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t whole) const { return std::to_string(whole); }
    std::string operator()(double real) const { return json_number(real); }
    std::string operator()(const std::string& letters) const { return json_string(letters); }
    std::string operator()(const std::vector<std::string>& list) const {
        std::string out;
        for (const std::string& one : list) out += (out.empty() ? "" : ",") + json_string(one);
        return "[" + out + "]";
    }
};

struct CsvCell {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t whole) const { return std::to_string(whole); }
    std::string operator()(double real) const { return fmt::format("{}", real); }
    std::string operator()(const std::string& letters) const { return csv_cell(letters); }
    std::string operator()(const std::vector<std::string>& list) const {
        return csv_cell(fmt::format("{}", fmt::join(list, " ")));
    }
};

}  // namespace

FieldValue field_value(double number) {
    return std::isfinite(number) ? FieldValue(number) : FieldValue{};
}

FieldValue field_value(Seconds interval) {
    return field_value(interval.count());
}

FieldValue field_value(Ppm frequency) {
    return field_value(frequency.value);
}

FieldValue field_value(std::string_view text) {
    return text.empty() ? FieldValue{} : FieldValue(std::string(text));
}

Fields fields_of(const SampleRow& row) {
    return {{"timestamp", timestamp(row.at)},
            {"host", row.server},
            {"address", field_value(row.address)},
            {"offset_seconds", field_value(row.offset)},
            {"error_seconds", field_value(row.error)},
            {"delay_seconds", field_value(row.delay)},
            {"root_distance_seconds", field_value(row.root_distance)},
            {"stratum", field_value(row.stratum)},
            {"authenticated", row.authenticated},
            {"by_daemon", row.by_daemon},
            {"lost", field_value(row.lost)}};
}

Fields fields_of(const ClockRow& row) {
    return {{"timestamp", timestamp(row.at)},
            {"offset_seconds", field_value(row.offset)},
            {"bound_seconds", field_value(row.bound)},
            {"demonstrated", row.demonstrated},
            {"frequency_ppm", field_value(row.frequency)},
            {"stratum", row.stratum == 0 ? FieldValue{} : field_value(row.stratum)},
            {"agreeing", field_value(row.agreeing)},
            {"judged", field_value(row.judged)},
            {"authenticated", field_value(row.authenticated)},
            {"consensus_seconds", field_value(row.consensus)},
            {"consensus_bound_seconds", field_value(row.consensus_bound)},
            {"daemon", field_value(row.daemon)},
            {"sentence", field_value(row.sentence)}};
}

Fields fields_of(const VerdictRow& row) {
    return {{"timestamp", timestamp(row.at)},
            {"host", row.server},
            {"verdict", field_value(to_string(row.verdict))},
            {"reason", field_value(row.reason)}};
}

Fields fields_of(const EventRow& row) {
    return {{"timestamp", timestamp(row.at)},
            {"kind", row.kind},
            {"subject", field_value(row.subject)},
            {"size_seconds", field_value(row.size)},
            {"text", field_value(row.text)}};
}

Fields fields_of(const AlertRow& row) {
    return {{"timestamp", timestamp(row.at)},
            {"state", field_value(to_string(row.state))},
            {"severity", field_value(to_string(row.severity))},
            {"rule", row.rule},
            {"subject", field_value(row.subject)},
            {"text", field_value(row.text)}};
}

Fields fields_of(const RunRow& row) {
    return {{"timestamp", timestamp(row.at)},
            {"took_seconds", field_value(row.took)},
            {"candidates", field_value(row.candidates)},
            {"packets", field_value(row.packets)},
            {"chosen", row.chosen},
            {"expected_error_seconds", field_value(row.expected_error)},
            {"gain", field_value(row.gain)},
            {"plan", field_value(row.plan)},
            {"outcome", field_value(row.outcome)},
            {"reason", field_value(row.reason)}};
}

std::string json_line(const Fields& fields) {
    std::string line;
    for (const Field& one : fields) {
        line += line.empty() ? "{" : ",";
        line += json_string(one.key) + ":" + std::visit(JsonValue{}, one.value);
    }
    return line.empty() ? "{}" : line + "}";
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
