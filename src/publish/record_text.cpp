#include "publish/record_text.h"

#include <string_view>
#include <utility>

#include "publish/history_fields.h"
#include "publish/json_text.h"
#include "time/spell.h"

namespace clockwright {
namespace {

/// Every member of a row with its name, in the order it is written.
template <class Out>
void tell(const SampleRow& row, Out& out) {
    out("at", row.at);
    out("server", row.server);
    out("address", row.address);
    out("offset_seconds", row.offset);
    out("error_seconds", row.error);
    out("delay_seconds", row.delay);
    out("root_distance_seconds", row.root_distance);
    out("stratum", row.stratum);
    out("authenticated", row.authenticated);
    out("by_daemon", row.by_daemon);
    out("lost", row.lost);
}

template <class Out>
void tell(const ClockRow& row, Out& out) {
    out("at", row.at);
    out("offset_seconds", row.offset);
    out("bound_seconds", row.bound);
    out("frequency_ppm", row.frequency);
    out("demonstrated", row.demonstrated);
    out("stratum", row.stratum);
    out("agreeing", row.agreeing);
    out("judged", row.judged);
    out("authenticated", row.authenticated);
    out("consensus_seconds", row.consensus);
    out("consensus_bound_seconds", row.consensus_bound);
    out("daemon", row.daemon);
    out("sentence", row.sentence);
}

template <class Out>
void tell(const VerdictRow& row, Out& out) {
    out("at", row.at);
    out("server", row.server);
    out("verdict", to_string(row.verdict));
    out("reason", row.reason);
}

template <class Out>
void tell(const EventRow& row, Out& out) {
    out("at", row.at);
    out("kind", row.kind);
    out("subject", row.subject);
    out("text", row.text);
    out("size_seconds", row.size);
}

template <class Out>
void tell(const AlertRow& row, Out& out) {
    out("at", row.at);
    out("state", to_string(row.state));
    out("rule", row.rule);
    out("subject", row.subject);
    out("severity", to_string(row.severity));
    out("text", row.text);
}

template <class Out>
void tell(const RunRow& row, Out& out) {
    out("at", row.at);
    out("took_seconds", row.took);
    out("candidates", row.candidates);
    out("packets", row.packets);
    out("chosen", row.chosen);
    out("expected_error_seconds", row.expected_error);
    out("gain", row.gain);
    out("plan", row.plan);
    out("outcome", row.outcome);
    out("reason", row.reason);
}

template <class Out>
void tell(const RolledRow& row, Out& out) {
    out("at", row.at);
    out("server", row.server);
    out("count", row.count);
    out("lost", row.lost);
    out("least_seconds", row.least);
    out("mean_seconds", row.mean);
    out("most_seconds", row.most);
    out("median_seconds", row.median);
    out("p95_seconds", row.p95);
    out("p99_seconds", row.p99);
    out("delay_least_seconds", row.delay_least);
    out("delay_median_seconds", row.delay_median);
    out("bound_most_seconds", row.bound_most);
}

/// Collects what `tell` tells.
struct Members {
    void operator()(std::string_view name, WallTime at) {
        fields.push_back({name, rfc3339(at, true)});
    }
    template <class Value>
    void operator()(std::string_view name, const Value& value) {
        fields.push_back({name, field_value(value)});
    }

    Fields fields;
};

template <class Row>
Fields members_of(const Row& row) {
    Members members;
    tell(row, members);
    return std::move(members.fields);
}

/// For people who look at it in a terminal: every row stays one line.
Fields printable_members(Fields fields) {
    for (Field& field : fields) {
        if (auto* text = std::get_if<std::string>(&field.value)) *text = printable(*text);
    }
    return fields;
}

}  // namespace

template <class Row>
std::string row_json(const Row& row) {
    return json_line(members_of(row));
}

template <class Row>
std::string rows_json(const std::vector<Row>& rows, int depth) {
    JsonArray lines(depth);
    for (const Row& row : rows) lines.add_json(row_json(row));
    return std::move(lines).text();
}

template <class Row>
std::string rows_csv(const std::vector<Row>& rows) {
    std::string text = csv_header(members_of(Row{})) + "\r\n";
    for (const Row& row : rows) text += csv_line(printable_members(members_of(row))) + "\r\n";
    return text;
}

template std::string row_json(const SampleRow&);
template std::string rows_json(const std::vector<SampleRow>&, int);
template std::string rows_csv(const std::vector<SampleRow>&);
template std::string row_json(const ClockRow&);
template std::string rows_json(const std::vector<ClockRow>&, int);
template std::string rows_csv(const std::vector<ClockRow>&);
template std::string row_json(const VerdictRow&);
template std::string rows_json(const std::vector<VerdictRow>&, int);
template std::string rows_csv(const std::vector<VerdictRow>&);
template std::string row_json(const EventRow&);
template std::string rows_json(const std::vector<EventRow>&, int);
template std::string rows_csv(const std::vector<EventRow>&);
template std::string row_json(const AlertRow&);
template std::string rows_json(const std::vector<AlertRow>&, int);
template std::string rows_csv(const std::vector<AlertRow>&);
template std::string row_json(const RunRow&);
template std::string rows_json(const std::vector<RunRow>&, int);
template std::string rows_csv(const std::vector<RunRow>&);
template std::string row_json(const RolledRow&);
template std::string rows_json(const std::vector<RolledRow>&, int);
template std::string rows_csv(const std::vector<RolledRow>&);

}  // namespace clockwright
