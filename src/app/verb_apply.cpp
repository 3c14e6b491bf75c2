#include <fmt/format.h>

#include "app/agent_street.h"
#include "app/change_window.h"
#include "app/decision.h"
#include "app/exit_code.h"
#include "app/known_servers.h"
#include "app/output.h"
#include "app/probation.h"
#include "app/saved_plan.h"
#include "app/transaction.h"
#include "app/verbs.h"
#include "publish/plan_report.h"
#include "publish/table.h"
#include "system/event_loop.h"
#include "system/local_host.h"
#include "system/terminal.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

std::string probation_text(const Context& context, const Probation& probation) {
    if (!probation.timer.empty())
        return fmt::format("Watching for {} ({}); u", spell_age(context.command.probation),
                           probation.timer);
    return probation.why_not.empty() ? "U"
                                     : "Not watched from here on: " + probation.why_not + ". U";
}

std::string conclusion(const Context& context, const Done& done, const Probation& probation) {
    const Outcome& outcome = done.outcome;
    switch (outcome.kind) {
        case OutcomeKind::unchanged:
            return wrap("Nothing to change: " + outcome.reason + ".", 0);
        case OutcomeKind::applied:
            return wrap(fmt::format("Applied and verified. {}ndo: clockwright rollback {}",
                                    probation_text(context, probation), done.id),
                        0);
        case OutcomeKind::rolled_back:
            return wrap("Nothing changed: " + outcome.reason + ".", 0) +
                   "Next: clockwright scan --explain\n";
        case OutcomeKind::refused:
            return wrap_sentence("Refused: " + outcome.reason, ". Nothing changed.");
        case OutcomeKind::failed:
            break;
    }
    if (outcome.before_first_step)
        return wrap("Failed: " + outcome.reason + ". Nothing changed.", 0);
    return wrap("Failed, and the old state is not proved: " + outcome.reason + ".", 0) +
           "Next: clockwright status, then clockwright rollback " + done.id + "\n";
}

Result<int> finish(const Context& context, const Plan& plan, const Done& done,
                   const Probation& probation = {}) {
    const Command& command = context.command;
    const bool refused = done.outcome.kind == OutcomeKind::refused;
    (refused ? print_refusal : print_result)(
        command, command.json ? apply_json(plan, done.outcome, done.id, probation.timer)
                              : conclusion(context, done, probation));
    return exit_code_of(done);
}

/// Carries the plan out; what was accepted goes on probation.
Result<int> carry_out(const Context& context, Transaction& transaction, const DaemonPlace& place,
                      const Plan& plan) {
    Probation rescue, probation;
    const Guard guard{
        .begun = [&](const std::string& id) { rescue = begin_rescue(context, place, id); },
        .ended =
            [&](const Done& done) {
                if (done.outcome.kind == OutcomeKind::applied)
                    probation = begin_probation(context, place, done.id);
                end_rescue(rescue);
            }};
    const Done done = TRY(transaction.run(plan, context.command.reason, {}, guard));
    return finish(context, plan, done, probation);
}

/// A decision that gives no plan, or nothing to do, as an outcome.
Done without_change(const Decision& decision) {
    Outcome outcome{OutcomeKind::unchanged, true, true, decision.plan.reason};
    if (decision.no) {
        outcome = {OutcomeKind::refused, false, true, decision.no->message};
        if (!decision.no_set && decision.no->fault != Fault::refused)
            outcome.kind = OutcomeKind::failed;
    }
    return {outcome, decision.plan.id, false};
}

Result<void> check_window(const Config& config) {
    if (is_window_open(config)) return {};
    return fail(Fault::refused,
                fmt::format("outside the window of changes, {}", config.apply.window));
}

/// What was left unfinished comes first. True: nothing more may be done now.
bool ends_here(const std::optional<Done>& healed) {
    return healed && (healed->outcome.kind == OutcomeKind::failed || healed->interrupted);
}

Done not_done(const Plan& plan, std::string why) {
    return {{OutcomeKind::refused, false, true, std::move(why)}, plan.id, false};
}

/// With --yes one line says what is done; without it the whole plan is shown, and asked about.
Result<void> ask_consent(const Plan& plan, const Command& command) {
    print_remark(command, command.yes ? plan_summary(plan) : plan_text(plan, command.explain));
    if (command.yes) return {};
    if (system::confirm("Apply this plan?")) return {};
    if (system::interrupted()) return fail(Fault::interrupted, "interrupted; nothing changed");
    return fail("not confirmed; nothing changed");
}

int finish_without_change(const Context& context, const Decision& decision) {
    const Result<int> code = finish(context, decision.plan, without_change(decision));
    return decision.no_set ? exit_no_set : *code;
}

/// The lock cannot be had, say on a read-only file system: nothing to change is no failure there,
/// and a refusal comes with its reason and the text to paste.
Result<int> without_lock(const Context& context, const Error& error) {
    if (error.fault == Fault::refused) return std::unexpected(error);
    const auto decision = make_decision(context);
    if (!decision || (!decision->no && decision->plan.change)) return std::unexpected(error);
    return finish_without_change(context, *decision);
}

Result<int> apply_decision(const Context& context) {
    const system::LocalHost host;
    const DaemonView view = TRY(view_daemon(context.config, host));
    if (const std::string hands = two_hands(view.place); !hands.empty())
        return fail(Fault::refused, hands);
    auto transaction = Transaction::begin(context, view.place);
    if (!transaction) {
        TRY(check_window(context.config));
        return without_lock(context, transaction.error());
    }
    const auto healed = TRY(transaction->heal());
    if (ends_here(healed)) return finish(context, {}, *healed);
    TRY(check_window(context.config));
    const Decision decision = TRY(make_decision(context));
    remember_confirmation(decision.run, context.config);
    const Command& command = context.command;
    print_notes(command, decision.run.measured.notes);
    for (const std::string& remark :
         remember_standings(decision.run.judged, decision.run.measured, context.config))
        print_remark(command, wrap(remark, 0));
    print_remark(command, consensus_text(decision.run.judged.selection.consensus) + "\n");
    if (decision.no || !decision.plan.change) return finish_without_change(context, decision);
    if (auto why = why_no_restart(decision.plan, command); !why.empty())
        return finish(context, decision.plan, not_done(decision.plan, std::move(why)));
    TRY(ask_consent(decision.plan, command));
    return carry_out(context, *transaction, decision.view.place, decision.plan);
}

/// The id of a plan that the agent proposed stands for its file.
Context with_proposal(Context context) {
    std::string& file = context.command.file;
    const bool is_id = file.size() == 6 && file.find_first_not_of("0123456789abcdef") == file.npos;
    const system::LocalHost host;
    if (is_id && host.glob(file).empty()) {
        const std::string kept = proposal_file(context.config.state.directory, file);
        if (!host.glob(kept).empty()) file = kept;
    }
    return context;
}

Result<int> apply_given(const Context& context) {
    const Command& command = context.command;
    if (command.dry_run)
        return command.file.empty() ? run_plan(context) : rehearse_saved_plan(context);
    if (!command.yes && !system::stdin_is_terminal()) {
        return fail(Fault::usage, "apply needs --yes when nobody can answer");
    }
    system::outlive_terminal();
    return command.file.empty() ? apply_decision(context) : apply_saved_plan(context);
}

}  // namespace

Result<int> apply_saved_plan(const Context& context) {
    const system::LocalHost host;
    DaemonView view = TRY(view_daemon(context.config, host));
    if (const std::string hands = two_hands(view.place); !hands.empty())
        return fail(Fault::refused, hands);
    const Plan plan = TRY(load_plan(context, view.place));
    Transaction transaction = TRY(Transaction::begin(context, view.place));
    const auto healed = TRY(transaction.heal());
    if (ends_here(healed)) return finish(context, {}, *healed);
    TRY(check_window(context.config));
    if (healed) view = TRY(view_daemon(context.config, host));
    TRY(find_all(view, host));  // permission, an answer
    if (is_fulfilled(plan, host, *view.state)) {
        return finish(context, plan, nothing_done(plan.id, is_fulfilled_text(plan)));
    }
    if (!plan.change) {
        auto moved = moved_ground(plan, host, *view.state);
        return finish(
            context, plan,
            moved.empty() ? nothing_done(plan.id, plan.reason) : not_done(plan, std::move(moved)));
    }
    if (auto why = why_not_now(plan, context.command, view); !why.empty())
        return finish(context, plan, not_done(plan, std::move(why)));
    TRY(ask_consent(plan, context.command));
    return carry_out(context, transaction, view.place, plan);
}

Result<int> run_apply(const Context& context) {
    return apply_given(with_proposal(context));
}

}  // namespace clockwright::app
