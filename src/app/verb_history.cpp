#include <climits>

#include "app/agent_files.h"
#include "app/exit_code.h"
#include "app/history_words.h"
#include "app/output.h"
#include "app/verbs.h"
#include "publish/history_report.h"
#include "store/sqlite_history.h"
#include "system/clock.h"

namespace clockwright::app {
namespace {

constexpr int rows_for_people = 50, rows_for_programs = 1000;

template <class Row>
using Ask = Result<std::vector<Row>> (store::SqliteHistory::*)(const HistoryQuery&) const;
template <class Row>
using Tell = std::string (*)(const std::vector<Row>&, bool);

/// One more than asked for tells whether there are more.
template <class Row>
Result<int> list(const Context& context, Ask<Row> ask, Tell<Row> tell) {
    const Command& command = context.command;
    const auto history = TRY(open_record(context.config));
    HistoryQuery query = query_of(command.history, system::read_clocks().wall,
                                  command.json ? rows_for_programs : rows_for_people);
    const auto most = static_cast<std::size_t>(query.limit);
    if (query.limit < INT_MAX) ++query.limit;
    std::vector<Row> rows = TRY((history.*ask)(query));
    const bool limited = rows.size() > most;
    if (limited) rows.erase(rows.begin());
    print_result(command,
                 command.json ? rows_json(command.history.word, rows) : tell(rows, limited));
    return exit_done;
}

}  // namespace

HistoryQuery query_of(const HistoryCommand& command, WallTime now, int limit) {
    HistoryQuery query{.from = command.from,
                       .to = command.to,
                       .server = command.server,
                       .limit = command.limit.value_or(limit)};
    if (command.since) query.from = now - to_nanoseconds(*command.since);
    return query;
}

Result<int> run_history(const Context& context) {
    using store::SqliteHistory;
    const std::string& word = context.command.history.word;
    if (word == "samples") return list(context, &SqliteHistory::samples, samples_text);
    if (word == "clock") return list(context, &SqliteHistory::clock, clock_text);
    if (word == "verdicts") return list(context, &SqliteHistory::verdicts, verdicts_text);
    if (word == "events") return list(context, &SqliteHistory::events, events_text);
    if (word == "alerts") return list(context, &SqliteHistory::alerts, alerts_text);
    if (word == "changes") return history_changes(context);
    if (word == "show") return history_show(context);
    if (word == "at") return history_at(context);
    if (word == "import") return history_import(context);
    if (word == "export") return history_export(context);
    return list(context, &SqliteHistory::runs, runs_text);
}

}  // namespace clockwright::app
