#include "app/decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "app/gather.h"
#include "app/leap_source.h"
#include "app/output.h"
#include "app/scan_memory.h"
#include "judge/leap_freeze.h"
#include "store/memory.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "time/fnv.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

/// The names of the present set: a confirmation counts for one and the same.
std::vector<std::string> present_names(const std::vector<Candidate>& candidates) {
    std::vector<std::string> names;
    for (const Candidate& candidate : candidates) {
        if (candidate.membership != Membership::none) names.push_back(candidate.source.as_written);
    }
    std::ranges::sort(names);
    return names;
}

int earlier_confirmations(const Run& run, const Config& config) {
    const store::Memory memory = store::load(config.state.directory, nullptr);
    const int runs = memory.confirmation.present == present_names(run.judged.candidates)
                         ? memory.confirmation.runs
                         : 0;
    return run.measured.fresh ? runs : runs - 1;  // remembered samples confirm nothing new
}

const SourceLine* line_of(const Candidate& candidate, const DaemonConfig& config) {
    const Origin& origin = candidate.source.origin;
    const auto line = std::ranges::find_if(config.sources, [&](const SourceLine& known) {
        return known.file == origin.file && known.line == origin.line &&
               without_root_dot(known.name) == candidate.source.host.name;
    });
    return line == config.sources.end() ? nullptr : &*line;
}

/// With -v: one line for each stage that is behind us.
void tell_stage(const Command& command, std::string_view stage, const std::string& text) {
    if (command.verbose > 0) print_remark(command, fmt::format("{:<8} {}\n", stage, text));
}

void tell_daemon(const Command& command, const DaemonView& view) {
    tell_stage(
        command, "daemon",
        fmt::format("{}, {}, {}; {} sources", to_string(view.place.kind), view.place.config_file,
                    view.place.control, view.state ? view.state->sources.size() : 0));
}

void tell_run(const Command& command, const Run& run) {
    const Selection& selection = run.judged.selection;
    tell_stage(
        command, "asked",
        fmt::format("{} candidates, {} of them the same server as another; {} packets",
                    run.measured.candidates.size(), run.judged.twins.size(), run.measured.packets));
    tell_stage(command, "judged",
               fmt::format("trust domain {}, minimum {}; {}", to_string(run.judged.settings.domain),
                           run.judged.settings.minimum, consensus_text(selection.consensus)));
    tell_stage(command, "set",
               selection.ensemble.members.empty()
                   ? "none: " + selection.ensemble.refusal
                   : fmt::format("{} members, expected error {}", selection.ensemble.members.size(),
                                 spell(selection.ensemble.expected_error)));
    tell_stage(command, "gate", run.gate.reason);
}

/// What the candidate is to the daemon, whatever it was judged as.
Membership found_membership(const Candidate& candidate, const Found& found) {
    const Origin& origin = candidate.source.origin;
    if (origin.kind != Origin::Kind::daemon || !candidate.selectable) return Membership::none;
    const SourceLine* line = line_of(candidate, found.config);
    const bool built_in = std::ranges::any_of(found.state.sources, [&](const auto& source) {
        return source.fallback && source.name == candidate.source.as_written;
    });
    const bool free = line != nullptr ? line->ours || line->fallback : built_in;
    return free ? Membership::ours : Membership::foreign;
}

PlanSettings plan_settings(const Context& context, const Decision& decision) {
    PlanSettings settings;
    settings.minimum = decision.run.judged.settings.minimum;
    settings.takeover = context.command.takeover;
    settings.allow_restart = context.command.allow_restart;
    settings.serving_confirmed = context.command.serving;
    settings.restart = decision.view.place.restart;
    settings.nts = nts_policy(context.config);
    settings.managed_ours = context.config.apply.managed == "ours";
    settings.config_file = decision.view.place.config_file;
    settings.control = decision.view.place.control;
    settings.sha256 = [](std::string_view text) { return system::sha256_hex(text); };
    return settings;
}

/// Why no plan can be made from this selection at all; empty when one can.
std::optional<Error> why_no_set(const Ensemble& set, bool takeover) {
    if (!set.members.empty() && set.refusal.empty()) return std::nullopt;
    std::string why = set.refusal.empty() ? "no acceptable set" : set.refusal;
    if (!set.takeover_would_help || takeover) return Error{Fault::failed, std::move(why)};
    return Error{Fault::refused, why + "; --takeover would comment the foreign lines out"};
}

/// A line of ours outlives the lease that named its server; whoever reads the plan must know.
void note_leases(Plan& plan, const std::vector<Candidate>& candidates) {
    for (const Candidate& candidate : candidates) {
        const Source& source = candidate.source;
        const bool added = std::ranges::find(plan.add, source.as_written) != plan.add.end();
        if (source.origin.kind != Origin::Kind::lease || !added) continue;
        plan.notes.push_back(fmt::format("{} is known from {}: the line stays when the lease goes",
                                         printable(source.as_written),
                                         printable(to_string(source.origin))));
    }
}

Result<Plan> plan_for(const Context& context, const Found& found, const Decision& decision) {
    std::vector<Candidate> candidates = decision.run.judged.candidates;
    for (Candidate& candidate : candidates) {
        candidate.membership = found_membership(candidate, found);
    }
    Plan plan = TRY(make_plan(found, candidates, decision.run.judged.selection, decision.run.gate,
                              plan_settings(context, decision), system::read_clocks()));
    plan.packets_planned = decision.run.measured.planned;
    plan.gain = decision.run.comparison.gain;
    note_leases(plan, candidates);
    plan.id = plan_id(plan);
    // What the journal could not read back could be neither healed nor rolled back.
    if (const auto again = plan_from_json(plan_to_json(plan)); !again) {
        return fail("the plan cannot be recorded: " + again.error().message);
    }
    return plan;
}

/// What can be said of a plan that could not be made.
Plan empty_plan(const Decision& decision) {
    Plan plan;
    plan.daemon = to_string(decision.view.place.kind);
    plan.reason = decision.no->message;
    plan.gain = decision.run.comparison.gain;
    plan.confirmations_have = decision.run.gate.have;
    plan.confirmations_need = decision.run.gate.need;
    plan.packets_planned = decision.run.measured.planned;
    return plan;
}

}  // namespace

std::string lots_of_this_machine() {
    std::string id = system::machine_id();
    if (id.empty()) return id;
    return fmt::format("{:016x}", fnv1a(id));
}

void release_foreign(std::vector<Candidate>& candidates, const DaemonView* view) {
    for (Candidate& candidate : candidates) {
        const SourceLine* line =
            view != nullptr && view->config ? line_of(candidate, *view->config) : nullptr;
        if (line != nullptr && (line->after_ours || (!line->unknown_options.empty() &&
                                                     traits_of(view->place.kind).reloads)))
            continue;
        const std::string& file = candidate.source.origin.file;
        const bool lease = file.starts_with("/run/") || (line != nullptr && line->lease);
        if (candidate.membership == Membership::foreign && !file.empty() && !lease)
            candidate.membership = Membership::ours;
    }
}

Result<Run> run_once(const Context& context, const DaemonView* view) {
    Run run;
    const system::LocalHost host;
    Gathered gathered = TRY(gather_known(context.config, view, surroundings_of(context, &host)));
    const bool nobody = gathered.candidates.empty();
    run.measured = TRY(measure(std::move(gathered.candidates), context.config, context.command));
    std::ranges::move(gathered.notes, std::back_inserter(run.measured.notes));
    if (nobody)
        run.measured.notes.push_back("No server is known here: name some in [candidates] hosts.");
    std::vector<Candidate> to_judge = run.measured.candidates;
    if (context.command.takeover) release_foreign(to_judge, view);
    run.judged = judge(std::move(to_judge), context.config, lots_of_this_machine());
    GateSettings gate = gate_settings(run.judged, context.config);
    gate.daemon_has_nts = view == nullptr || traits_of(view->place.kind).nts;
    gate.freeze = freeze_reason(leap_table(system::LocalHost{}), system::read_clocks().wall,
                                run.judged.selection);
    run.comparison = compare(run.judged.candidates, run.judged.selection, gate);
    run.gate = decide(run.comparison, earlier_confirmations(run, context.config), gate);
    remember_choice(context.config.state.directory, run.judged.candidates, run.judged.selection);
    tell_run(context.command, run);
    return run;
}

void remember_confirmation(const Run& run, const Config& config) {
    if (!run.measured.fresh) return;
    // No state: nothing is confirmed.
    static_cast<void>(store::change_memory(config.state.directory, [&](store::Memory& memory) {
        memory.confirmation = {present_names(run.judged.candidates), system::read_clocks().wall,
                               run.gate.have};
    }));
}

Result<Decision> make_decision(const Context& context) {
    const system::LocalHost host;
    Decision decision;
    decision.view = TRY(view_daemon(context.config, host));
    const Found found = TRY(find_all(decision.view, host));
    tell_daemon(context.command, decision.view);
    decision.run = TRY(run_once(context, &decision.view));
    decision.no = why_no_set(decision.run.judged.selection.ensemble, context.command.takeover);
    decision.no_set = decision.no && decision.no->fault == Fault::failed;
    if (!decision.no && decision.run.gate.frozen) {
        decision.no = Error{Fault::refused, decision.run.gate.reason};
    }
    if (!decision.no) {
        auto plan = plan_for(context, found, decision);
        if (plan) {
            decision.plan = std::move(*plan);
        } else {
            decision.no = plan.error();
        }
    }
    if (decision.no) decision.plan = empty_plan(decision);
    return decision;
}

std::string plan_id(Plan plan) {
    plan.id.clear();
    plan.made_at = {};
    return system::sha256_hex(plan_to_json(plan)).substr(0, 6);
}

}  // namespace clockwright::app
