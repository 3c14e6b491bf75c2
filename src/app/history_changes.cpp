#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <nlohmann/json.hpp>

#include "app/exit_code.h"
#include "app/history_words.h"
#include "app/output.h"
#include "publish/plan_report.h"
#include "publish/table.h"
#include "store/journal.h"
#include "system/clock.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

using Json = nlohmann::ordered_json;

std::string outcome_text(const store::Change& change) {
    if (!change.outcome) return "unfinished";
    return std::string(to_string(*change.outcome)) + (change.verified ? ", verified" : "");
}

const std::string& reason_of(const store::Change& change) {
    return change.reason.empty() ? change.plan.reason : change.reason;
}

std::string change_text(const store::Change& change) {
    std::string out =
        wrap(fmt::format("Change {} of {}: {}, at {}{}.", change.id, change.plan.daemon,
                         outcome_text(change), rfc3339(change.at),
                         change.by.empty() ? std::string{} : " by " + printable(change.by)),
             0);
    if (!change.fault.empty()) out += wrap(printable(change.fault), 0);
    if (!change.reason.empty()) out += wrap("why: " + printable(change.reason), 2);
    if (!change.outcome_reason.empty())
        out += wrap("outcome: " + printable(change.outcome_reason), 2);
    out += plan_text(change.plan, true);
    if (change.contents_dropped) return out + "Next: clockwright history changes\n";
    return out + fmt::format("Next: clockwright rollback {} (the state before it)\n", change.id);
}

std::string change_json(const store::Change& change) {
    const Json json{{"id", change.id},
                    {"at", rfc3339(change.at, true)},
                    {"by", change.by},
                    {"reason", reason_of(change)},
                    {"outcome", change.outcome ? Json(to_string(*change.outcome)) : Json(nullptr)},
                    {"verified", change.verified},
                    {"outcome_reason", change.outcome_reason},
                    {"can_be_undone", !change.contents_dropped && change.fault.empty()},
                    {"plan", Json::parse(plan_json(change.plan))}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<int> history_changes(const Context& context) {
    const HistoryCommand& command = context.command.history;
    const auto journal = TRY(store::Journal::open_to_read(context.config.state.directory));
    auto changes = TRY(journal.changes());
    const HistoryQuery query = query_of(command, system::read_clocks().wall, INT_MAX);
    std::erase_if(changes, [&](const store::Change& change) {
        return (query.from && change.at < *query.from) || (query.to && change.at >= *query.to);
    });
    const std::size_t most = command.last ? 1 : static_cast<std::size_t>(query.limit);
    std::vector<ChangeLine> lines;
    for (std::size_t n = changes.size() - std::min(most, changes.size()); n < changes.size(); ++n)
        lines.push_back({changes[n].id, rfc3339(changes[n].at), changes[n].plan.daemon,
                         reason_of(changes[n]), outcome_text(changes[n])});
    print_result(context.command, context.command.json ? changes_json(lines) : changes_text(lines));
    return exit_done;
}

Result<int> history_show(const Context& context) {
    const auto journal = TRY(store::Journal::open_to_read(context.config.state.directory));
    const store::Change change = TRY(journal.find(context.command.history.id));
    print_result(context.command, context.command.json ? change_json(change) : change_text(change));
    return exit_done;
}

}  // namespace clockwright::app
