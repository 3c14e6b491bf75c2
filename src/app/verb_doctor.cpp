#include <fmt/format.h>

#include "app/daemon_access.h"
#include "app/doctor_fix.h"
#include "app/exit_code.h"
#include "app/host_facts.h"
#include "app/output.h"
#include "app/post_install.h"
#include "app/verbs.h"
#include "daemon/lint.h"
#include "publish/doctor_report.h"
#include "system/child.h"
#include "system/clock.h"
#include "system/kernel_clock.h"
#include "system/local_host.h"
#include "system/wait.h"

namespace clockwright::app {
namespace {

/// A frequency that moves shows within a second or not at all.
constexpr Seconds between_readings{1};

/// The second reading of the kernel's clock, a second after the first.
void read_again(HostFacts& facts, const SteadyTime& begun) {
    if (!facts.kernel) return;
    const Seconds passed = system::read_clocks().steady - begun;
    if (passed < between_readings) system::wait(between_readings - passed);
    const auto later = system::read_kernel_clock();
    if (!later) return;
    facts.kernel->later_frequency = later->frequency;
    facts.kernel->apart = system::read_clocks().steady - begun;
}

std::string daemon_text(const DaemonView& view) {
    std::string text(to_string(view.place.kind));
    if (view.place.program) text += fmt::format(", pid {}", view.place.program->pid);
    return text + (view.config ? ", " + view.place.config_file : "");
}

LintInput lint_input(const DaemonView& view, const system::LocalHost& host) {
    const Now now = system::read_clocks();
    LintInput input;
    input.kind = view.place.kind;
    input.now = now.wall;
    const auto kernel = system::read_kernel_clock();
    input.host = host_facts(view, host, system::is_root());
    input.host.kernel = kernel;
    input.state = view.state ? &*view.state : nullptr;
    if (view.config) {
        input.config = &*view.config;
        input.traits = source_traits(*view.config, input.state);
    } else if (view.config_error.fault != Fault::not_permitted &&
               (view.place.program || !input.host.daemons.empty())) {
        input.config_error = view.config_error.message;
    }
    read_again(input.host, now.steady);
    return input;
}

Result<DoctorReport> diagnose(const Config& config) {
    const system::LocalHost host;
    const DaemonView view = TRY(view_daemon(config, host));
    const LintInput input = lint_input(view, host);
    DoctorReport report;
    report.kind = input.kind;
    report.daemon_text = daemon_text(view);
    report.findings = lint(input);
    report.daemons = input.host.daemons;
    report.provenance = provenance_of(view, host);
    report.not_looked_at = input.host.not_looked_at;
    report.program = system::own_program();
    if (input.host.kernel) report.kernel_watched = input.host.kernel->apart;
    return report;
}

}  // namespace

Result<int> run_doctor(const Context& context) {
    const DoctorCommand& command = context.command.doctor;
    if (command.fix) TRY(may_fix());
    DoctorReport report = TRY(diagnose(context.config));
    if (command.post_install) return post_install(context, report);
    if (command.fix && fix(report.findings)) report = TRY(diagnose(context.config));
    print_result(context.command, context.command.json
                                      ? doctor_json(report)
                                      : doctor_text(report, uses_colour(context.command)));
    return doctor_code(report);
}

}  // namespace clockwright::app
