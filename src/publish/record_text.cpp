#include "publish/record_text.h"

#include <concepts>
#include <string_view>

#include "publish/escape.h"
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

/// Empty text is a value that is missing.
class JsonLine {
  public:
    template <class Value>
    void operator()(std::string_view name, const Value& value) {
        text_ += text_.empty() ? "{\"" : ", \"";
        text_ += name;
        text_ += "\": ";
        text_ += written(value);
    }
    std::string text() const { return text_ + "}"; }

  private:
    static std::string written(WallTime at) { return json_string(rfc3339(at, true)); }
    static std::string written(Seconds interval) { return json_number(interval.count()); }
    static std::string written(Ppm frequency) { return json_number(frequency.value); }
    static std::string written(double number) { return json_number(number); }
    static std::string written(std::same_as<bool> auto flag) { return flag ? "true" : "false"; }
    static std::string written(int number) { return std::to_string(number); }
    static std::string written(std::string_view text) {
        return text.empty() ? "null" : json_string(text);
    }
    static std::string written(const std::string& text) { return written(std::string_view(text)); }
    static std::string written(const std::vector<std::string>& texts) {
        std::string list;
        for (const std::string& text : texts) {
            if (!list.empty()) list += ", ";
            list += json_string(text);
        }
        return "[" + list + "]";
    }
    template <class Value>
    static std::string written(const std::optional<Value>& value) {
        return value ? written(*value) : "null";
    }

    std::string text_;
};

class CsvLine {
  public:
    template <class Value>
    void operator()(std::string_view, const Value& value) {
        if (!first_) text_ += ',';
        first_ = false;
        text_ += written(value);
    }
    const std::string& text() const { return text_; }

  private:
    static std::string written(WallTime at) { return rfc3339(at, true); }
    static std::string written(Seconds interval) { return written(interval.count()); }
    static std::string written(Ppm frequency) { return written(frequency.value); }
    static std::string written(double number) {
        const std::string text = json_number(number);
        return text == "null" ? std::string() : text;
    }
    static std::string written(std::same_as<bool> auto flag) { return flag ? "true" : "false"; }
    static std::string written(int number) { return std::to_string(number); }
    static std::string written(std::string_view text) { return escape_csv(text); }
    static std::string written(const std::string& text) { return escape_csv(text); }
    static std::string written(const std::vector<std::string>& texts) {
        std::string list;
        for (const std::string& text : texts) list += (list.empty() ? "" : " ") + text;
        return escape_csv(list);
    }
    template <class Value>
    static std::string written(const std::optional<Value>& value) {
        return value ? written(*value) : std::string();
    }

    std::string text_;
    bool first_ = true;
};

class Titles {
  public:
    template <class Value>
    void operator()(std::string_view name, const Value&) {
        if (!text_.empty()) text_ += ',';
        text_ += name;
    }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

}  // namespace

template <class Row>
std::string row_json(const Row& row) {
    JsonLine line;
    tell(row, line);
    return line.text();
}

template <class Row>
std::string rows_json(const std::vector<Row>& rows, int depth) {
    std::vector<std::string> lines;
    lines.reserve(rows.size());
    for (const Row& row : rows) lines.push_back(row_json(row));
    return json_array(lines, depth);
}

template <class Row>
std::string rows_csv(const std::vector<Row>& rows) {
    Titles titles;
    tell(Row{}, titles);
    std::string text = titles.text() + "\r\n";
    for (const Row& row : rows) {
        CsvLine line;
        tell(row, line);
        text += line.text() + "\r\n";
    }
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
