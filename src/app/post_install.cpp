#include "app/post_install.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/agent_files.h"
#include "app/exit_code.h"
#include "app/observe.h"
#include "app/output.h"
#include "app/service_places.h"
#include "publish/checklist_report.h"
#include "system/kernel_clock.h"
#include "system/local_host.h"

namespace clockwright::app {
namespace {

ChecklistStep step(std::string id, bool done, std::string when_done, std::string when_open,
                   std::string to_do) {
    return {std::move(id), done, std::move(done ? when_done : when_open), std::move(to_do)};
}

ChecklistStep daemon_step(const DoctorReport& report) {
    const auto ours = std::ranges::find(report.daemons, report.kind, &DaemonPresence::kind);
    const bool there = ours != report.daemons.end();
    const bool runs = there && ours->program, enabled = there && ours->enabled;
    return {"daemon", runs && enabled,
            fmt::format("{} {}, {} is {}started at boot", to_string(report.kind),
                        runs ? "runs" : "does not run", runs == enabled ? "and" : "but",
                        enabled ? "" : "not "),
            "clockwright doctor --fix"};
}

ChecklistStep configuration_step(const DoctorReport& report) {
    const auto errors = std::ranges::count(report.findings, Severity::error, &Finding::severity);
    return {"configuration", errors == 0,
            errors == 0 ? "the doctor finds no error"
                        : fmt::format("the doctor finds {} error{}, the first: {}", errors,
                                      errors == 1 ? "" : "s", report.findings.front().what),
            "clockwright doctor"};
}

ChecklistStep sources_step(const StatusReport& status, const Config& config) {
    const auto& state = status.facts.state;
    const auto answering =
        state ? std::ranges::count_if(state->sources, is_answering) : std::ptrdiff_t{0};
    return {"sources", answering >= config.select.minimum,
            fmt::format("{} of the daemon's sources answer{}, {} are wanted at least", answering,
                        answering == 1 ? "s" : "", config.select.minimum),
            "clockwright plan"};
}

ChecklistStep clock_step(const StatusReport& status) {
    const std::string& sentence = status.verdict.sentence;
    return {"clock", status.verdict.demonstrated, sentence.substr(0, sentence.rfind('.')),
            "clockwright status"};
}

ChecklistStep kernel_step() {
    const auto kernel = system::read_kernel_clock();
    return step("kernel", kernel && !kernel->unsynchronised,
                "the kernel says too that the clock is synchronised (timedatectl)",
                "the kernel does not say that the clock is synchronised (timedatectl)",
                "clockwright doctor");
}

ChecklistStep schedule_step(const Host& host) {
    return step("schedule", is_scheduled(host), "a better set of servers is looked for on schedule",
                "nothing looks for better servers on schedule", "clockwright service install");
}

ChecklistStep agent_step(const Config& config) {
    const auto word = agents_word(config);
    const bool fine = word && !word->stale;
    return {"agent", fine,
            !word  ? "no agent watches this clock"
            : fine ? "the agent watches: " + agent_text(*word)
                   : "the agent has been silent for more than three cycles",
            "clockwright service install --agent"};
}

ChecklistStep alert_step(const Config& config) {
    const ChannelSettings& channels = config.alert.channels;
    const bool reached =
        !channels.exec.empty() || channels.alertmanager || channels.mail || !channels.hooks.empty();
    return step("alerts", reached, "alerts go to people (clockwright alert test shows it)",
                "alerts go to the journal only",
                "clockwright alert test CHANNEL, when [alert] of the configuration names one");
}

ChecklistStep record_step(const Config& config) {
    const auto record = open_record(config);
    const auto runs = record ? record->runs({}) : std::unexpected(record.error());
    const bool there = runs && !runs->empty();
    return {"runs", there,
            there ? fmt::format("{} scans are recorded, the last came to \"{}\"", runs->size(),
                                runs->back().outcome)
                  : "no scan is recorded yet",
            "clockwright history runs, when the agent has scanned"};
}

}  // namespace

Result<int> post_install(const Context& context, const DoctorReport& report) {
    const system::LocalHost host;
    const Config& config = context.config;
    const StatusReport status = report_on(TRY(view_daemon(config, host)), context, host);
    const std::vector<ChecklistStep> steps{daemon_step(report),
                                           configuration_step(report),
                                           sources_step(status, config),
                                           clock_step(status),
                                           kernel_step(),
                                           schedule_step(host),
                                           agent_step(config),
                                           alert_step(config),
                                           record_step(config)};
    print_result(context.command, context.command.json
                                      ? checklist_json(steps)
                                      : checklist_text(steps, uses_colour(context.command)));
    return std::ranges::all_of(steps, &ChecklistStep::done) ? exit_done : exit_failed;
}

}  // namespace clockwright::app
