#include "publish/history_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <functional>

#include "app/agent_files.h"
#include "app/exit_code.h"
#include "app/history_words.h"
#include "app/output.h"
#include "publish/history_fields.h"
#include "publish/roll_up.h"
#include "store/sqlite_history.h"
#include "system/clock.h"
#include "version.h"

namespace clockwright::app {
namespace {

enum class Format : std::uint8_t { csv, json_lines, json };

/// Rows to stdout as they come; a year of them is never in memory.
class Export {
  public:
    Export(const Command& command, Format format) : command_(command), format_(format) {}

    void begin(const Fields& columns, std::string_view kind) {
        if (format_ == Format::csv) put(csv_header(columns) + "\n");
        if (format_ == Format::json) begin_list(kind);
    }
    void begin_list(std::string_view kind) {
        put(fmt::format("{}\n  \"{}\": [", is_first_list_ ? header() : "\n  ],", kind));
        is_first_list_ = false;
        is_first_ = true;
    }
    void add(const Fields& row) {
        if (format_ == Format::csv) return put(csv_line(row) + "\n");
        if (format_ == Format::json_lines) return put(json_line(row) + "\n");
        add_json(json_line(row));
    }
    void add_json(const std::string& json) {
        put((is_first_ ? "\n    " : ",\n    ") + json);
        is_first_ = false;
    }
    void end() {
        if (format_ == Format::json) put("\n  ]\n}\n");
    }

  private:
    static std::string header() { return fmt::format("{{\n  \"clockwright\": \"{}\",", version); }
    void put(const std::string& text) { print_result(command_, text); }

    const Command& command_;
    Format format_;
    bool is_first_ = true, is_first_list_ = true;
};

/// Calls act for each day that the query and the record have in common.
Result<void> for_each_day(const store::SqliteHistory& history, const HistoryQuery& query,
                          WallTime now, const std::function<Result<void>(HistoryQuery)>& act) {
    const auto oldest = TRY(history.oldest());
    if (!oldest) return {};
    const WallTime from = std::max(query.from.value_or(*oldest), *oldest);
    const WallTime to = query.to.value_or(std::max(now, *oldest) + std::chrono::days(1));
    for (WallTime begin = from; begin < to;) {
        const WallTime end =
            std::min(beginning_of(Resolution::day, begin) + std::chrono::days(1), to);
        TRY(act({.from = begin, .to = end, .server = query.server, .limit = INT_MAX}));
        begin = end;
    }
    return {};
}

template <class Row>
using Ask = Result<std::vector<Row>> (store::SqliteHistory::*)(const HistoryQuery&) const;

/// Everything about a query that decides how it is read.
struct Question {
    const store::SqliteHistory& history;
    HistoryQuery query;
    WallTime now;
    bool limited = false;  ///< then the newest rows, all at once
};

template <class Row>
Result<void> write_rows(const Question& question, Ask<Row> ask, Export& out) {
    const auto write = [&](const HistoryQuery& query) -> Result<void> {
        const auto rows = TRY((question.history.*ask)(query));
        for (const Row& row : rows) out.add(fields_of(row));
        return {};
    };
    if (question.limited) return write(question.query);
    return for_each_day(question.history, question.query, question.now, write);
}

Result<void> write_hours(const Question& question, Export& out) {
    out.begin_list("history");
    return for_each_day(question.history, question.query, question.now,
                        [&](const HistoryQuery& query) -> Result<void> {
                            const auto samples = TRY(question.history.samples(query));
                            for (const HourOfServers& hour : hours_of(samples))
                                out.add_json(hour_json(hour));
                            return {};
                        });
}

template <class Row>
Result<void> write_all(const Question& question, std::string_view kind, Ask<Row> ask, Export& out) {
    out.begin(fields_of(Row{}), kind);
    TRY(write_rows(question, ask, out));
    out.end();
    return {};
}

Format format_of(const Command& command) {
    if (command.json || command.history.format == "json") return Format::json;
    return command.history.format == "jsonl" ? Format::json_lines : Format::csv;
}

}  // namespace

Result<int> history_export(const Context& context) {
    using store::SqliteHistory;
    const HistoryCommand& command = context.command.history;
    const auto history = TRY(open_record(context.config));
    const WallTime now = system::read_clocks().wall;
    const Question question{history, query_of(command, now, INT_MAX), now,
                            command.limit.has_value()};
    const Format format = format_of(context.command);
    Export out(context.command, format);
    if (command.exported == "clock") {
        TRY(write_all(question, "clock", &SqliteHistory::clock, out));
    } else if (command.exported == "verdicts") {
        TRY(write_all(question, "verdicts", &SqliteHistory::verdicts, out));
    } else if (command.exported == "events") {
        TRY(write_all(question, "events", &SqliteHistory::events, out));
    } else if (command.exported == "alerts") {
        TRY(write_all(question, "alerts", &SqliteHistory::alerts, out));
    } else if (command.exported == "runs") {
        TRY(write_all(question, "runs", &SqliteHistory::runs, out));
    } else {
        if (format == Format::json) TRY(write_hours(question, out));
        TRY(write_all(question, "samples", &SqliteHistory::samples, out));
    }
    return exit_done;
}

}  // namespace clockwright::app
