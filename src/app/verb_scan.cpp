#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/daemon_access.h"
#include "app/decision.h"
#include "app/diagnosis.h"
#include "app/dry_run.h"
#include "app/exit_code.h"
#include "app/gather.h"
#include "app/measured_run.h"
#include "app/output.h"
#include "app/verbs.h"
#include "publish/render.h"
#include "publish/replay.h"
#include "publish/scan_csv.h"
#include "publish/scan_report.h"
#include "publish/table.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "system/user_file.h"

namespace clockwright::app {
namespace {

Result<int> dry_run(const Context& context) {
    Gathered gathered;
    if (context.command.hosts.empty()) {
        const system::LocalHost host;
        const DaemonView view = TRY(view_daemon(context.config, host));
        gathered = TRY(gather_known(context.config, &view, surroundings_of(context, &host)));
    } else {
        gathered = TRY(given_candidates(context));
    }
    print_result(context.command,
                 TRY(dry_run_report(gathered.candidates, context.config, context.command)));
    print_notes(context.command, gathered.notes);
    return exit_done;
}

/// A replay knows no daemon: what its lines forbid is written with the samples.
std::string recording(const Run& run, const Config& config) {
    std::vector<Candidate> candidates = run.measured.candidates;
    for (Candidate& candidate : candidates) {
        std::string why =
            downgrade_objection(candidate, run.measured.candidates, nts_policy(config));
        if (why.empty()) continue;
        candidate.selectable = false;
        candidate.why_not_selectable = std::move(why);
    }
    return record_text(candidates, run.judged.settings.machine);
}

Result<int> render(const Context& context, const ScanReport& report) {
    const RenderedSet set =
        TRY(render_set(report, context.command.render, nts_policy(context.config)));
    print_remark(context.command, scan_text(report, context.command.explain));
    if (!set.decision.empty()) print_remark(context.command, "NTS: " + set.decision + ".\n");
    for (const std::string& one : set.left_out)
        print_remark(context.command, wrap("Left out: " + one + ".", 0));
    print_result(context.command, set.lines);
    return set.lines.empty() ? exit_no_set : exit_done;
}

std::string as_told(const ScanReport& report, const Command& command) {
    if (command.json) return scan_json(report);
    if (command.csv) return scan_csv(report);
    return scan_text(report, command.explain || command.verbose > 0, uses_colour(command));
}

}  // namespace

Result<int> run_scan(const Context& context) {
    const Command& command = context.command;
    if (!command.replay.empty() &&
        (!command.hosts.empty() || command.internet || command.dry_run || command.diagnose)) {
        return fail(Fault::usage,
                    "--replay asks nobody: it goes with no host, --internet, --dry-run or "
                    "--diagnose");
    }
    const std::array forms{command.json, command.csv, !command.render.empty()};
    if (std::ranges::count(forms, true) > 1) {
        return fail(Fault::usage, "--json, --csv and --render all want stdout: choose one");
    }
    if (command.dry_run && (command.csv || !command.render.empty())) {
        return fail(Fault::usage,
                    "--dry-run measures nothing: there is no set to --render and no --csv");
    }
    if (command.dry_run) return dry_run(context);
    Run run = TRY(measured_run(context));
    if (command.hosts.empty() && command.replay.empty()) remember_confirmation(run, context.config);
    if (!command.record.empty()) {
        TRY(system::write_new_file(command.record, recording(run, context.config)));
    }
    ScanReport report = report_of(std::move(run.judged), run.measured, system::read_clocks().wall);
    if (command.replay.empty()) TRY(diagnose_paths(report, context));
    if (!command.render.empty()) return render(context, report);
    print_result(command, as_told(report, command));
    const bool any = std::ranges::any_of(
        report.rows, [](const ScanRow& row) { return row.assessment.stats.has_value(); });
    return any ? exit_done : exit_no_set;
}

}  // namespace clockwright::app
