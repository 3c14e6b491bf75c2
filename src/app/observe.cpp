#include "app/observe.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/agent_files.h"
#include "app/clock_record.h"
#include "app/daemon_access.h"
#include "app/daemon_choice.h"
#include "app/daemon_units.h"
#include "app/host_facts.h"
#include "app/transaction.h"
#include "find/domain.h"
#include "publish/kernel_opinion.h"
#include "system/kernel_clock.h"
#include "system/local_host.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

/// None runs, none would be started at a boot, and the user named none.
bool has_no_daemon(const DaemonView& view, const Config& config, const Host& host) {
    const Config::Daemon& named = config.daemon;
    if (view.state || view.place.program || !view.place.hands.empty()) return false;
    if (named.kind != "auto" || !named.config.empty() || !named.control.empty()) return false;
    return std::ranges::none_of(find_daemons(host, {}), [](const DaemonPresence& daemon) {
        return daemon.enabled && !daemon.yields;
    });
}

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

/// `serves_time` in words: who may ask.
std::string serving_text(const DaemonConfig& config) {
    std::string who;
    for (const Directive* allow : config.all("allow")) {
        const std::string subnet = allow->arguments.empty() ? "all" : allow->arguments.back();
        who += fmt::format("{}allow {}", who.empty() ? "" : ", ", subnet);
    }
    return fmt::format("this host serves time{}; a change of its sources needs --serving",
                       who.empty() ? "" : " (" + who + ")");
}

void add_details(const DaemonView& view, const Host& host, StatusReport& report) {
    StatusDetails details;
    details.daemons = find_daemons(host, host.clock_programs());
    details.provenance = provenance_of(view, host);
    report.details = std::move(details);
    for (const ClockProgram& hand : view.place.hands) {
        if (kind_of(hand)) continue;
        report.notes.push_back(
            printable(fmt::format("{} (pid {}) moves this clock", hand.name, hand.pid)));
    }
    if (const auto kernel = system::read_kernel_clock())
        for (std::string& sentence : kernel_opinion(*kernel, report.verdict))
            report.notes.push_back(std::move(sentence));
    if (const auto domain = domain_membership(host)) {
        report.notes.push_back(printable(fmt::format(
            "this host is a member of {} ({}): Kerberos breaks at 300 s from its controllers' time",
            domain->domain.empty() ? "a domain" : domain->domain, domain->evidence)));
    }
    if (!view.config) return;
    if (view.config->serves_time) report.notes.push_back(printable(serving_text(*view.config)));
    for (const std::string& fault : view.config->faults) report.notes.push_back(printable(fault));
}

/// A daemon that follows nobody, and no longer says since when.
bool forgot_last_update(const StatusReport& report) {
    const auto& state = report.facts.state;
    return state && state->tracking.bound_known && !state->tracking.synchronised() &&
           state->tracking.reference_time == WallTime{};
}

}  // namespace

Result<StatusReport> observe(const Context& context) {
    const system::LocalHost host;
    const DaemonView view = TRY(view_daemon(context.config, host));
    StatusReport report = report_on(view, context, host);
    report.agent = agents_word(context.config);
    if (report.agent && !report.agent->stale && report.agent->quorum) {
        report.facts.quorum = report.agent->quorum;
        report.verdict = judge_clock(report.facts);
    }
    if (context.command.verbose > 0) add_details(view, host, report);
    return report;
}

void refresh(StatusReport& report, const DaemonView& view) {
    report.facts.state = view.state;
    report.facts.why_not = view.state ? "" : view.state_error.message;
    report.facts.sources = source_facts(view);
    report.verdict = judge_clock(report.facts);
    if (report.verdict.demonstrated && report.verdict.bound)
        report.facts.last_bound = LastBound{view.state->read_at, report.verdict.bound->total()};
}

StatusReport report_on(const DaemonView& view, const Context& context, const Host& host) {
    StatusReport report;
    report.facts.daemon = traits_of(view.place.kind).program;
    report.kind = view.place.kind;
    report.not_permitted = !view.state && view.state_error.fault == Fault::not_permitted;
    report.facts.hands = view.place.hands;
    report.facts.watches_only = view.place.watches_only();
    report.facts.nts = context.config.select.nts;
    report.facts.nts_set = context.config.is_set("select.nts");
    report.facts.no_daemon = has_no_daemon(view, context.config, host);
    report.facts.own_discipline = context.config.agent.discipline;
    refresh(report, view);
    if (report.verdict.stale) {
        const auto record = updates_of(recorded_looks(context.config));
        report.facts.wander = wander(record, report.verdict.age);
        report.verdict = judge_clock(report.facts);
    }
    if (forgot_last_update(report)) {
        report.facts.last_bound = recorded_last_bound(context.config, view.state->read_at);
        report.verdict = judge_clock(report.facts);
    }
    report.daemon_text = report.facts.no_daemon ? "none is set up" : daemon_text(view);
    const auto journal = store::Journal::open_to_read(context.config.state.directory);
    if (journal) add_changes(*journal, report);
    return report;
}

}  // namespace clockwright::app
