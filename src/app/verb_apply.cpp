#include <fmt/format.h>

#include <algorithm>

#include "app/agent_street.h"
#include "app/decision.h"
#include "app/exit_code.h"
#include "app/known_servers.h"
#include "app/leap_source.h"
#include "app/output.h"
#include "app/probation.h"
#include "app/transaction.h"
#include "app/verbs.h"
#include "daemon/dialect.h"
#include "judge/leap_freeze.h"
#include "publish/plan_report.h"
#include "publish/table.h"
#include "system/clock.h"
#include "system/event_loop.h"
#include "system/local_host.h"
#include "system/terminal.h"
#include "system/time_zone.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds plan_life{24 * 3600.0};
constexpr Seconds clock_tolerance{300};  // a plan may be this much from the future: clocks are set

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
    print_result(command, command.json ? apply_json(plan, done.outcome, done.id, probation.timer)
                                       : conclusion(context, done, probation));
    return exit_code_of(done);
}

/// Carries the plan out; what was accepted goes on probation.
Result<int> carry_out(const Context& context, Transaction& transaction, const DaemonPlace& place,
                      const Plan& plan) {
    Probation rescue, probation;
    transaction.guard(
        {.begun = [&](const std::string& id) { rescue = begin_rescue(context, place, id); },
         .ended =
             [&](const Done& done) {
                 if (done.outcome.kind == OutcomeKind::applied)
                     probation = begin_probation(context, place, done.id);
                 end_rescue(rescue);
             }});
    const Done done = TRY(transaction.run(plan, context.command.reason));
    transaction.guard({});
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
    const Window window = TRY(parse_window(config.apply.window));
    const system::LocalMoment now = system::local_moment();
    if (is_open(window, now.weekday, now.minute)) return {};
    return fail(Fault::refused,
                fmt::format("outside the window of changes, {}", config.apply.window));
}

/// Why the daemon is not restarted for this plan; empty when it may be, or need not be.
std::string why_no_restart(const Plan& plan, const Command& command) {
    const auto kind = parse_daemon_kind(plan.daemon);
    if (!plan.restart || command.allow_restart || !kind) return {};
    const std::string_view why = traits_of(*kind).why_restart;
    return fmt::format("plan {} needs a restart{}{}; --allow-restart permits it", plan.id,
                       why.empty() ? "" : ", since ", why);
}

/// A start may step the clock: a saved plan must find as little to step as when it was made. Others
/// than chrony were judged by what the new servers say, which nobody can ask here.
std::string why_start_would_step(const Plan& plan, const DaemonView& view) {
    if (!plan.restart || !traits_of(view.place.kind).reloads || !view.config ||
        !view.state->tracking.synchronised())
        return {};
    const Seconds offset = view.state->tracking.offset;
    const Seconds limit = dialect_of(view.place.kind).start_step(*view.config) / 2;
    if (std::abs(offset.count()) < limit.count()) return {};
    return fmt::format(
        "plan {} restarts the daemon, whose start could step the clock: it is {} off", plan.id,
        spell_signed(offset));
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

/// Every file is as the plan leaves it, and the daemon lists what it wants.
bool is_fulfilled(const Plan& plan, const Host& host, const DaemonState& state) {
    if (plan.steps.empty()) return false;
    Expectation wanted = plan.steps.back().expect;
    wanted.proof_only = true;
    const bool files = std::ranges::all_of(files_after(plan), [&](const FileState& after) {
        const auto found = host.read(after.path);
        return found && found->exists == after.exists && found->sha256 == after.sha256;
    });
    return files && verify(wanted, state, {state}, state.read_at).holds;
}

/// A plan file never decides which program is run.
bool restarts_only_as(const Plan& plan, const std::vector<std::string>& argv) {
    return std::ranges::all_of(plan.steps, [&](const Step& step) {
        return std::ranges::all_of(step.actions, [&](const Action& action) {
            const auto* restart = std::get_if<RestartDaemon>(&action);
            return restart == nullptr || restart->argv == argv;
        });
    });
}

Result<Plan> load_plan(const Context& context, const DaemonPlace& place) {
    const std::string saved = TRY(system::read_trusted(context.command.file));
    Plan plan = TRY(plan_from_json(saved));
    const auto digest = [](std::string_view content) { return system::sha256_hex(content); };
    if (const auto wrong = wrong_digests(plan, digest);
        !wrong.empty() || plan_id(plan) != plan.id) {
        return fail(Fault::bad_input,
                    context.command.file + ": the plan was altered after it was saved");
    }
    if (plan.config_file != place.config_file || plan.control != place.control) {
        return fail(Fault::refused,
                    fmt::format("the plan is for the daemon of {} at {}, here it is {} at {}",
                                plan.config_file, plan.control, place.config_file, place.control));
    }
    if (!restarts_only_as(plan, place.restart)) {
        return fail(Fault::refused,
                    "the plan restarts the daemon in another way than [daemon] restart says");
    }
    return plan;
}

Result<int> apply_file(const Context& context) {
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
        return finish(
            context, plan,
            nothing_done(plan.id, fmt::format("the host already is as plan {} wants it", plan.id)));
    }
    const Seconds age = system::read_clocks().wall - plan.made_at;
    if (age > plan_life || age < -clock_tolerance) {
        return fail(Fault::refused,
                    fmt::format("plan {} is {}; make a new one", plan.id,
                                age > plan_life ? "older than 24 h" : "from the future"));
    }
    if (auto why = freeze_reason(leap_table(host), system::read_clocks().wall, {}); !why.empty()) {
        return fail(Fault::refused, std::move(why));
    }
    for (auto why : {why_no_restart(plan, context.command), why_start_would_step(plan, view)})
        if (!why.empty()) return finish(context, plan, not_done(plan, std::move(why)));
    TRY(ask_consent(plan, context.command));
    return carry_out(context, transaction, view.place, plan);
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
    if (command.dry_run) return run_plan(context);
    if (!command.yes && !system::stdin_is_terminal()) {
        return fail(Fault::usage, "apply needs --yes when nobody can answer");
    }
    return command.file.empty() ? apply_decision(context) : apply_file(context);
}

}  // namespace

Result<int> run_apply(const Context& context) {
    return apply_given(with_proposal(context));
}

}  // namespace clockwright::app
