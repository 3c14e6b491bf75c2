#include "app/saved_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "app/decision.h"
#include "app/exit_code.h"
#include "app/leap_source.h"
#include "app/output.h"
#include "app/transaction.h"
#include "daemon/dialect.h"
#include "daemon/different_files.h"
#include "judge/leap_freeze.h"
#include "publish/plan_report.h"
#include "publish/table.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds plan_life{24 * 3600.0};
constexpr Seconds clock_tolerance{300};  // a plan may be this much from the future: clocks are set

/// A start may step the clock: a saved plan must find as little to step as when it was made. Others
/// than chrony were judged by what the new servers say, which nobody can ask here.
std::string why_start_would_step(const Plan& plan, const DaemonView& view) {
    if (!plan.restart || !traits_of(view.place.kind).reloads || !view.config) return {};
    const Seconds offset = view.state->tracking.offset;
    const Seconds limit = dialect_of(view.place.kind).start_step(*view.config) / 2;
    if (!view.state->tracking.synchronised() && std::isfinite(limit.count()))
        return fmt::format(
            "plan {} restarts the daemon, whose start could step the clock, and it follows nobody "
            "who would tell by how much; `apply` without a file measures first",
            plan.id);
    if (std::abs(offset.count()) < limit.count()) return {};
    return fmt::format(
        "plan {} restarts the daemon, whose start could step the clock: it is {} off", plan.id,
        spell_signed(offset));
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

/// Of a plan whose work is done already.
Plan without_change(const Plan& plan) {
    Plan none;
    none.id = plan.id;
    none.daemon = plan.daemon;
    none.reason = is_fulfilled_text(plan);
    none.keep = plan.keep;
    none.keep.insert(none.keep.end(), plan.add.begin(), plan.add.end());
    return none;
}

}  // namespace

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

bool is_fulfilled(const Plan& plan, const Host& host, const DaemonState& state) {
    if (plan.steps.empty()) return false;
    Expectation wanted = plan.steps.back().expect;
    wanted.proof_only = true;
    return different_files(files_after(plan), host).empty() &&
           verify(wanted, state, {state}, state.read_at).holds;
}

std::string is_fulfilled_text(const Plan& plan) {
    return fmt::format("the host already is as plan {} wants it", plan.id);
}

std::string why_no_restart(const Plan& plan, const Command& command) {
    const auto kind = parse_daemon_kind(plan.daemon);
    if (!plan.restart || command.allow_restart || !kind) return {};
    const std::string_view why = traits_of(*kind).why_restart;
    return fmt::format("plan {} needs a restart{}{}; --allow-restart permits it", plan.id,
                       why.empty() ? "" : ", since ", why);
}

std::string why_not_now(const Plan& plan, const Command& command, const DaemonView& view) {
    if (!plan.change) return {};
    const WallTime now = system::read_clocks().wall;
    const Seconds age = now - plan.made_at;
    if (age > plan_life || age < -clock_tolerance)
        return fmt::format("plan {} is {}; make a new one", plan.id,
                           age > plan_life ? "older than 24 h" : "from the future");
    if (auto why = freeze_reason(leap_table(system::LocalHost{}), now, {}); !why.empty())
        return why;
    if (auto why = why_no_restart(plan, command); !why.empty()) return why;
    return why_start_would_step(plan, view);
}

std::string moved_ground(const Plan& plan, const Host& host, const DaemonState& state) {
    std::vector<std::string> changed = different_files(plan.rests_on, host);
    if (changed.empty() && listed_names(state) != plan.daemon_sources)
        changed.emplace_back("the list of the daemon's sources");
    if (changed.empty()) return {};
    return fmt::format("{} changed since the plan was made; make a new one",
                       fmt::join(changed, ", "));
}

Result<int> rehearse_saved_plan(const Context& context) {
    const Command& command = context.command;
    const system::LocalHost host;
    const DaemonView view = TRY(view_daemon(context.config, host));
    if (const std::string hands = two_hands(view.place); !hands.empty())
        return fail(Fault::refused, hands);
    Plan plan = TRY(load_plan(context, view.place));
    TRY(find_all(view, host));  // permission, an answer
    const std::string unfinished = unfinished_text(context.config);
    if (!unfinished.empty()) print_remark(command, wrap(unfinished, 0));
    if (is_fulfilled(plan, host, *view.state)) {
        plan = without_change(plan);
    } else {
        for (auto why : {why_not_now(plan, command, view), moved_ground(plan, host, *view.state)})
            if (!why.empty()) return fail(Fault::refused, std::move(why));
    }
    print_result(command, command.json ? plan_json(plan, unfinished)
                                       : plan_text(plan, command.explain) +
                                             (plan.change ? "Next: clockwright apply " +
                                                                printable(command.file) + "\n"
                                                          : "Next: clockwright status\n"));
    return plan.change ? exit_change_due : exit_done;
}

}  // namespace clockwright::app
