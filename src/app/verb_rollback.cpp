#include <fmt/format.h>

#include <algorithm>

#include "app/daemon_access.h"
#include "app/daemon_choice.h"
#include "app/decision.h"
#include "app/exit_code.h"
#include "app/output.h"
#include "app/probation.h"
#include "app/transaction.h"
#include "app/verbs.h"
#include "publish/plan_report.h"
#include "publish/table.h"
#include "system/clock.h"
#include "system/event_loop.h"
#include "system/local_host.h"
#include "system/terminal.h"
#include "system/wait.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

/// What a daemon may take to show that it still holds; one that was restarted meanwhile begins
/// anew.
Seconds probation_patience(DaemonKind kind) {
    return std::max(Seconds{30}, traits_of(kind).verify_at_least);
}
/// How long another change may be at work before the timer gives up.
constexpr Seconds lock_patience{1800};

std::string outcome_text(const store::Change& change) {
    if (!change.outcome) return "unfinished";
    return std::string(to_string(*change.outcome)) + (change.verified ? ", verified" : "");
}

Result<int> list_changes(const Context& context) {
    const store::Journal journal =
        TRY(store::Journal::open_to_read(context.config.state.directory));
    std::vector<ChangeLine> lines;
    for (const store::Change& change : TRY(journal.changes())) {
        lines.push_back({change.id, rfc3339(change.at), change.plan.daemon,
                         change.reason.empty() ? change.plan.reason : change.reason,
                         outcome_text(change)});
    }
    const std::string unfinished = unfinished_text(journal);
    if (!unfinished.empty()) print_remark(context.command, wrap(unfinished, 0));
    print_result(context.command, context.command.json ? changes_json(lines) : changes_text(lines));
    return exit_done;
}

int report(const Context& context, const Done& done) {
    const bool back =
        done.outcome.kind == OutcomeKind::applied || done.outcome.kind == OutcomeKind::unchanged;
    const std::string text = done.outcome.kind == OutcomeKind::unchanged
                                 ? "Nothing to do: " + done.outcome.reason + "."
                             : back ? "The earlier state is back: " + done.outcome.reason + "."
                                    : "Not rolled back: " + done.outcome.reason + ".";
    print_result(context.command, context.command.json
                                      ? rollback_json(done.outcome, done.id)
                                      : wrap(text, 0) + "Next: clockwright status\n");
    return exit_code_of(done);
}

bool is_of(const store::Change& change, const DaemonPlace& place) {
    return change.plan.config_file == place.config_file;
}

/// A later change of the same daemon, or a roll-back of it, has the last word.
bool replaces(const store::Change& change, const store::Change& target) {
    return change.at > target.at && change.outcome == OutcomeKind::applied &&
           change.plan.config_file == target.plan.config_file;
}

/// The way back over this change and every applied one after it, newest first, as one plan.
Result<Plan> way_back(const store::Journal& journal, const store::Change& target,
                      const DaemonView& view) {
    std::vector<Plan> since{target.plan};
    for (const store::Change& change : TRY(journal.changes())) {
        if (!replaces(change, target)) continue;
        since.push_back(change.plan);
        since.back().id = change.id;
    }
    Plan plan = rollback_plan(TRY(joined(since)), "rollback of " + target.id);
    if (view.state) {
        plan = as_others_left_it(std::move(plan), *view.state);
        plan.daemon_sources = listed_names(*view.state);
    }
    plan.id = plan_id(plan);
    return plan;
}

bool any_applied(const std::vector<store::Change>& changes, const DaemonPlace& place) {
    return std::ranges::any_of(changes, [&](const store::Change& change) {
        return change.outcome == OutcomeKind::applied && is_of(change, place);
    });
}

std::string whose(const store::Change& change, const DaemonPlace& place) {
    return fmt::format("change {} is of {} at {}; here it is {} at {}", change.id,
                       change.plan.daemon, change.plan.config_file, to_string(place.kind),
                       place.config_file);
}

/// "last" is advised where a change is unfinished; it must not take back another daemon's instead.
Result<void> refuse_beside_another(const store::Journal& journal, const DaemonPlace& place) {
    const auto left = TRY(journal.unfinished());
    if (!left || is_of(*left, place)) return {};
    return fail(Fault::refused, "unfinished " + whose(*left, place) +
                                    ": heal it there, or give the id of the one to take back");
}

/// Nobody reads what a unit of the system is told: it waits for a change that is at work.
Result<Transaction> begin(const Context& context, const DaemonPlace& place) {
    const bool waits = context.command.unless_verified || context.command.unfinished;
    const SteadyTime began = system::read_clocks().steady;
    auto transaction = Transaction::begin(context, place);
    while (!transaction && transaction.error().fault == Fault::refused && waits &&
           !system::interrupted() && system::read_clocks().steady - began < lock_patience) {
        system::wait(Seconds{5});
        transaction = Transaction::begin(context, place);
    }
    return transaction;
}

/// What was wanted is that it be taken back.
Done taken_back(Done healed) {
    if (healed.outcome.kind == OutcomeKind::rolled_back && !healed.went_on)
        healed.outcome.kind = OutcomeKind::applied;
    return healed;
}

/// The daemon of this change, where none runs that would say which is meant: it may have died of
/// it.
Result<Context> meant(const Context& context, const std::optional<store::Change>& change) {
    Context of_change = context;
    Config::Daemon& daemon = of_change.config.daemon;
    const bool told = daemon.kind != "auto" || !daemon.config.empty();
    if (told || !change || !change->fault.empty()) return of_change;
    const system::LocalHost host;
    if (TRY(choose_daemon(context.config, host, host.clock_programs())).program) return of_change;
    daemon.kind = change->plan.daemon;
    daemon.config = change->plan.config_file;
    return of_change;
}

/// What a boot runs: a loss of power may have ended a change.
Result<int> heal(const Context& given) {
    const auto journal = TRY(store::Journal::open_to_read(given.config.state.directory));
    const Done nothing = nothing_done({}, "no change was left unfinished");
    const auto left = TRY(journal.unfinished());
    if (!left) return report(given, nothing);
    const Context context = TRY(meant(given, left));
    const DaemonView view = TRY(view_daemon(context.config, system::LocalHost()));
    if (const std::string hands = two_hands(view.place); !hands.empty())
        return fail(Fault::refused, hands);
    Transaction transaction = TRY(begin(context, view.place));
    const auto healed = TRY(transaction.heal());
    return report(context, healed ? taken_back(*healed) : nothing);
}

/// The one that this id names; empty: none can be found, which is said where it is looked for.
std::optional<store::Change> named_change(const Context& context) {
    const auto journal = store::Journal::open_to_read(context.config.state.directory);
    if (!journal) return std::nullopt;
    const auto left = journal->unfinished();
    if (context.command.file == "last" && left && left->has_value()) return *left;
    auto change = journal->find(context.command.file);
    return change ? std::optional(std::move(*change)) : std::nullopt;
}

Result<int> roll_back(const Context& given) {
    system::outlive_terminal();
    const Context context = TRY(meant(given, named_change(given)));
    const system::LocalHost host;
    DaemonView view = TRY(view_daemon(context.config, host));
    if (const std::string hands = two_hands(view.place); !hands.empty())
        return fail(Fault::refused, hands);
    Transaction transaction = TRY(begin(context, view.place));
    const auto healed = TRY(transaction.heal());
    if (healed && (healed->outcome.kind == OutcomeKind::failed || healed->interrupted ||
                   healed->id == context.command.file || context.command.file == "last"))
        return report(context, taken_back(*healed));
    if (context.command.file == "last") {
        TRY(refuse_beside_another(transaction.journal(), view.place));
        if (!any_applied(TRY(transaction.journal().changes()), view.place))
            return report(context, nothing_done({}, "no change was applied yet"));
    }
    const store::Change target =
        TRY(transaction.journal().find(context.command.file, view.place.config_file));
    if (target.fault.empty() && !is_of(target, view.place))
        return fail(Fault::refused, whose(target, view.place));
    if (target.outcome != OutcomeKind::applied) {
        return report(context,
                      nothing_done(target.id, fmt::format("change {} did not last ({})", target.id,
                                                          outcome_text(target))));
    }
    if (!target.fault.empty()) return fail(Fault::bad_input, target.fault);
    if (target.contents_dropped) {
        return fail(Fault::refused,
                    fmt::format("the backup of change {} is gone: five are kept", target.id));
    }
    std::string reason = "rollback of " + target.id;
    if (context.command.unless_verified) {
        const auto changes = TRY(transaction.journal().changes());
        if (std::ranges::any_of(changes, [&](const auto& one) { return replaces(one, target); }))
            return report(context, nothing_done(target.id, "a later change has replaced it"));
        const std::string why =
            why_not_kept(target, view.place, probation_patience(view.place.kind));
        if (why.empty())
            return report(context,
                          nothing_done(target.id, fmt::format("change {} holds", target.id)));
        reason = fmt::format("change {} did not hold: {}", target.id, why);
        system::log_line(reason, true);
    }
    if (healed) view = TRY(view_daemon(context.config, host));
    Plan plan = TRY(way_back(transaction.journal(), target, view));
    if (!view.state && !plan.restart) {
        const bool dead = !view.place.program && !view.place.restart.empty();
        if (!dead) return std::unexpected(view.state_error);
        plan = for_dead_daemon(std::move(plan), view.place.restart);
        plan.id = plan_id(plan);
    }
    return report(context,
                  TRY(transaction.run(plan, reason, Baseline{view.state.value_or(DaemonState{})})));
}

}  // namespace

Result<int> run_rollback(const Context& context) {
    if (context.command.unfinished) return heal(context);
    return context.command.file.empty() ? list_changes(context) : roll_back(context);
}

}  // namespace clockwright::app
