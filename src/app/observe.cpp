#include "app/observe.h"

#include <fmt/format.h>

#include "app/daemon_access.h"
#include "app/transaction.h"
#include "system/local_host.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

std::string daemon_text(const DaemonView& view) {
    const DaemonPlace& place = view.place;
    std::string text(to_string(place.kind));
    if (place.program) {
        text += fmt::format(", pid {}; {}", place.program->pid,
                            place.watches_only() ? "watches only (-x)" : "disciplines the clock");
    } else {
        text += view.state ? "" : ", not running";
    }
    if (view.config) return text + "; " + place.config_file;
    return text + "; " + view.config_error.message;
}

void add_changes(const store::Journal& journal, StatusReport& report) {
    report.unfinished = unfinished_text(journal);
    const auto changes = journal.changes();
    if (!changes || changes->empty() || !changes->back().outcome) return;
    const store::Change& last = changes->back();
    report.last_change =
        fmt::format("{} {} {}{}", last.id, to_string(*last.outcome), rfc3339(last.at),
                    last.reason.empty() ? "" : " (" + printable(last.reason) + ")");
    report.last_change_failed = *last.outcome == OutcomeKind::failed && !last.begun.empty();
}

}  // namespace

Result<StatusReport> observe(const Context& context) {
    const system::LocalHost host;
    const DaemonView view = TRY(view_daemon(context.config, host));
    StatusReport report;
    report.facts.daemon = traits_of(view.place.kind).program;
    report.kind = view.place.kind;
    report.facts.state = view.state;
    report.facts.why_not = view.state ? "" : view.state_error.message;
    report.not_permitted = !view.state && view.state_error.fault == Fault::not_permitted;
    report.facts.hands = view.place.hands;
    report.facts.watches_only = view.place.watches_only();
    report.facts.sources = source_facts(view);
    report.facts.nts = context.config.select.nts;
    report.facts.nts_set = context.config.is_set("select.nts");
    report.verdict = judge_clock(report.facts);
    report.daemon_text = daemon_text(view);
    if (view.config && context.command.verbose > 0) {
        for (const std::string& fault : view.config->faults)
            report.notes.push_back(printable(fault));
    }
    const auto journal = store::Journal::open_to_read(context.config.state.directory);
    if (journal) add_changes(*journal, report);
    return report;
}

}  // namespace clockwright::app
