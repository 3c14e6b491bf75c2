#include "app/agent_files.h"
#include "app/clock_record.h"
#include "app/report_ground.h"
#include "app/report_output.h"
#include "publish/change_report.h"
#include "publish/period_chart.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "watch/rtc_record.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

Period period_of(const std::string& word, WallTime now) {
    if (word == "daily") return {now - 24h, now};
    if (word == "drift") return {now - 30 * 24h, now};
    return {now - 7 * 24h, now};
}

Result<void> add_summary(const Context& context, const History& history, PeriodReport& report) {
    const auto looks = TRY(looks_of(history, report.period));
    const auto samples = TRY(samples_of(history, report.period, report.remarks));
    report.summary = summarise(looks, report.period);
    keep_for_pictures(looks, report);
    HistoryQuery till_then = query_of(report.period);
    till_then.from.reset();  // what was told before counts as told
    report.alerts = TRY(history.alerts(till_then));
    report.objectives = hold_to_objectives(*report.summary, quality_of(samples, looks),
                                           promptness_of(looks, report.alerts, far_off));
    std::erase_if(report.alerts,
                  [&](const AlertRow& alert) { return alert.at < report.period.from; });
    report.sources = sources_of(samples);
    report.changes = changes_of(context, report.period, report.remarks);
    return {};
}

Result<void> add_rate(const History& history, PeriodReport& report) {
    RateSummary rate;
    rate.points = updates_of(steered_looks(TRY(history.clock(query_of(report.period)))));
    rate.rtc = comparisons_of(TRY(history.events(query_of(report.period))));
    report.rate = std::move(rate);
    return {};
}

Result<ChangeSide> side_of(const History& history, const Period& period,
                           std::vector<std::string>& remarks) {
    const auto looks = TRY(looks_of(history, period));
    const auto samples = TRY(samples_of(history, period, remarks));
    return ChangeSide{summarise(looks, period), quality_of(samples, looks)};
}

std::string as_told(const PeriodReport& report, const Command& command) {
    const std::string& format = command.report.format;
    if (command.json) return period_json(report);
    if (format == "csv") return period_csv(report);
    if (format == "svg") return period_picture(report);
    return rendered(period_document(report), format);
}

}  // namespace

Result<int> report_period(const Context& context) {
    const Command& command = context.command;
    const auto history = TRY(open_record(context.config));
    PeriodReport report;
    report.word = command.report.word;
    report.host = system::host_name();
    report.made_at = system::read_clocks().wall;
    report.period = period_of(report.word, report.made_at);
    remark_removed(context, report.period, report.made_at, report.remarks);
    if (report.word != "drift") TRY(add_summary(context, history, report));
    if (report.word == "drift" || report.word == "maintenance") TRY(add_rate(history, report));
    report.events = TRY(told_events(history, report.period));
    return deliver(context, as_told(report, command));
}

Result<int> report_change(const Context& context) {
    const Command& command = context.command;
    const auto journal = TRY(store::Journal::open_to_read(context.config.state.directory));
    const store::Change change =
        TRY(journal.find(command.report.id.empty() ? "last" : command.report.id));
    const auto history = TRY(open_record(context.config));
    ChangeReport report;
    report.host = system::host_name();
    report.made_at = system::read_clocks().wall;
    report.change = evidence_of(change);
    report.added = change.plan.add;
    report.removed = change.plan.remove;
    std::vector<std::string> remarks;  // a million samples a day are not to be had here
    report.before = TRY(side_of(history, {change.at - 24h, change.at}, remarks));
    report.after =
        TRY(side_of(history, {change.at, std::min(change.at + 24h, report.made_at)}, remarks));
    return deliver(context, command.json ? change_json(report)
                            : command.report.format == "csv"
                                ? change_csv(report)
                                : rendered(change_document(report), command.report.format));
}

}  // namespace clockwright::app
