#include <algorithm>

#include "app/clock_record.h"
#include "app/exit_code.h"
#include "app/measured_run.h"
#include "app/output.h"
#include "app/verbs.h"
#include "publish/drift_report.h"
#include "system/clock.h"
#include "system/kernel_clock.h"
#include "system/local_host.h"

namespace clockwright::app {
namespace {

/// What corrects the rate now: the daemon's word, or the kernel's where no daemon tells one.
void add_rate(const Config& config, DriftReport& report) {
    const system::LocalHost host;
    const auto view = view_daemon(config, host);
    if (view && view->state && view->state->tracking.synchronised() &&
        view->state->tracking.frequency) {
        report.frequency = view->state->tracking.frequency;
        report.frequency_from = traits_of(view->place.kind).program;
    } else if (const auto kernel = system::read_kernel_clock()) {
        report.frequency = kernel->frequency;
        report.frequency_from = "the kernel";
    }
}

void add_measurement(const Run& run, DriftReport& report) {
    for (const Assessment& assessment : run.judged.selection.assessments) {
        if (!assessment.stats) continue;
        ++report.servers;
        report.samples += assessment.stats->received;
    }
    report.consensus = clock_consensus(run.judged.selection);
}

}  // namespace

Result<int> run_drift(const Context& context) {
    const Command& command = context.command;
    const Run run = TRY(measured_run(context));
    print_notes(command, run.measured.notes);
    DriftReport report;
    report.measured_at = system::read_clocks().wall;
    add_measurement(run, report);
    add_rate(context.config, report);
    report.looks = recorded_looks(context.config);
    report.record = updates_of(report.looks);
    print_result(command,
                 command.json ? drift_json(report) : drift_text(report, command.verbose > 0));
    return report.servers > 0 ? exit_done : exit_no_set;
}

}  // namespace clockwright::app
