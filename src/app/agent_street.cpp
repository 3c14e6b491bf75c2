#include "app/agent_street.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/agent_files.h"
#include "app/alert_files.h"
#include "app/change_telling.h"
#include "app/change_window.h"
#include "app/clock_record.h"
#include "app/daemon_units.h"
#include "app/decision.h"
#include "app/exit_code.h"
#include "app/gather.h"
#include "app/host_facts.h"
#include "app/leap_source.h"
#include "app/observe.h"
#include "app/rtc_facts.h"
#include "daemon/plan_json.h"
#include "find/catalogue.h"
#include "steer/aging.h"
#include "store/block_list.h"
#include "store/durable_file.h"
#include "system/child.h"
#include "system/clock.h"
#include "system/kernel_clock.h"
#include "system/local_host.h"
#include "system/rtc_device.h"
#include "system/scan_driver.h"
#include "system/service_notice.h"
#include "system/user_file.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds resolve_limit{4}, restart_limit{60};
constexpr std::chrono::hours rtc_rest{6}, record_rest{6};
constexpr std::chrono::seconds whole_look_rest{20}, leaps_rest{3600};

/// What the daemon has, `hosts` and `agent.watch`, and nothing that would have to be searched.
Result<std::vector<Candidate>> to_watch(const Config& config, const DaemonView& view) {
    Config wanted = config;
    wanted.candidates.discover = wanted.candidates.internet = false;
    wanted.candidates.allow.clear();
    for (const std::string& host : config.agent.watch) {
        if (std::ranges::find(wanted.candidates.hosts, host) == wanted.candidates.hosts.end()) {
            wanted.candidates.hosts.push_back(host);
        }
    }
    return TRY(gather_known(wanted, &view, {})).candidates;
}

/// `none`: there is none to be alive.
DaemonLife life_of(const DaemonView& view, bool none) {
    DaemonLife life;
    life.answers = view.state.has_value();
    life.running = view.place.program.has_value() || life.answers;
    life.looked = life.answers || (!none && view.state_error.fault != Fault::not_permitted);
    return life;
}

/// In the place of the one before: what that rested on has been decided anew.
Result<void> keep_plan(const Config& config, const Plan& plan) {
    const std::string path = proposal_file(config.state.directory, plan.id);
    const std::string directory = directory_of(path);
    TRY(store::make_private_directory(directory));
    TRY(store::replace_file(path, plan_to_json(plan)));
    for (const std::string& other : system::LocalHost{}.list(directory, ".plan")) {
        if (other != path) system::remove_file(other);
    }
    return {};
}

/// An agent without rights cannot ask the daemon what a plan rests on. A unit of root's looks at
/// this file: that it is new is all that it says.
bool asks_another() {
    const std::string run = system::runtime_directory();
    return !system::is_root() && !run.empty() &&
           system::write_new_file(run + "/wish", "decide\n", system::Keep::fleeting);
}

/// What speaks against a replacement, as far as one scan can tell.
ReplacementQuestion question_of(const Decision& decision, const Context& context) {
    const system::LocalHost host;
    const Plan& plan = decision.plan;
    ReplacementQuestion question;
    question.plan = plan.id;
    question.remove = plan.remove;
    if (!is_window_open(context.config)) question.outside_window = context.config.apply.window;
    question.restarts = plan.restart;
    const Judged& judged = decision.run.judged;
    for (std::size_t i = 0; i < judged.candidates.size(); ++i) {
        const Candidate& candidate = judged.candidates[i];
        const std::string& name = candidate.source.as_written;
        const bool goes = std::ranges::find(plan.remove, name) != plan.remove.end();
        question.removes_foreign |= goes && candidate.membership == Membership::foreign;
        question.removes_pool_member |= goes && candidate.source.is_pool;
        const bool member = candidate.membership != Membership::none;
        question.went_bad += member && !is_truechimer(judged.selection.assessments[i].verdict);
    }
    question.majority = judged.selection.consensus.majority;
    question.bound_known = report_on(decision.view, context, host).verdict.demonstrated;
    question.serves_time = decision.view.config && decision.view.config->serves_time;
    const WallTime now = system::read_wall_clock();
    const LeapTable leaps = leap_table(host);
    const auto leap = leaps.leap_within(now, std::chrono::hours{48});
    if (const auto near = leap ? leap : leaps.untold_within(now, std::chrono::hours{48}))
        question.to_leap = Seconds(*near - now);
    return question;
}

}  // namespace

/// False when the whole must be looked at: the daemon has gone or was not there, or it has been
/// long.
bool HostLook::look_at_daemon() {
    if (!view_ || !view_->state) return false;
    if (system::read_clocks().steady - looked_at_ >= whole_look_rest) return false;
    auto state = read_full_state(view_->place);
    if (!state) return false;
    view_->state = std::move(*state);
    return true;
}

Result<Sight> HostLook::look(const Context& context) {
    if (!look_at_daemon()) return look_at_all(context);
    refresh(status_, *view_);
    Sight sight;
    sight.status = status_;
    sight.life = life_of(*view_, status_.facts.no_daemon);
    return sight;
}

/// Those of the look before are told and kept by the channels' queues now, so their files go.
std::vector<Alert> HostLook::new_notices(const Config& config) {
    for (const std::string& file : std::exchange(handed_over_, {})) system::remove_file(file);
    std::vector<Alert> notices;
    for (LeftNotice& left : left_notices(config)) {
        handed_over_.insert(std::move(left.file));
        notices.push_back(std::move(left.alert));
    }
    return notices;
}

Result<Sight> HostLook::look_at_all(const Context& context) {
    const system::LocalHost host;
    view_ = TRY(view_daemon(context.config, host));
    looked_at_ = system::read_clocks().steady;
    const DaemonView& view = *view_;
    status_ = report_on(view, context, host);
    Sight sight;
    sight.status = status_;
    sight.life = life_of(view, status_.facts.no_daemon);
    HostSetting setting;
    setting.sources = TRY(to_watch(context.config, view));
    if (auto silences = load_silences(context.config)) setting.silences = std::move(*silences);
    setting.serves_time = view.config && view.config->serves_time;
    if (view.config && !view.config->own_file.empty()) {
        const auto ours = host.read(view.config->own_file);
        setting.dropin = ours && ours->exists;
    }
    if (looked_at_ - leaps_at_ >= leaps_rest) {
        setting.leaps = leap_table(host);
        leaps_at_ = looked_at_;
    }
    if (!system::is_root()) setting.service = decision_of_service();
    setting.clocksource = current_clocksource(host);
    if (const auto kernel = system::read_kernel_clock())
        setting.kernel_unsynchronised = kernel->unsynchronised;
    if (!record_read_at_ || looked_at_ - *record_read_at_ >= record_rest) {
        record_read_at_ = looked_at_;
        rate_trend_ = monthly_trend(recorded_rates(context.config, system::read_clocks().wall));
    }
    setting.rate_trend = rate_trend_;
    if (!context.config.apply.window.empty()) setting.window_open = is_window_open(context.config);
    if (!rtc_looked_at_ || looked_at_ - *rtc_looked_at_ >= rtc_rest) {
        rtc_looked_at_ = looked_at_;
        const auto clock = system::RtcDevice::find();
        setting.rtc = std::make_shared<const RtcReport>(
            look_at_rtc(clock ? &*clock : nullptr, context.config, host, status_.verdict));
    }
    setting.notices = new_notices(context.config);
    sight.setting = std::move(setting);
    return sight;
}

std::vector<Answer> addresses_of(const std::vector<Candidate>& whom) {
    std::vector<HostName> names;
    for (const Candidate& candidate : whom) names.push_back(candidate.source.host);
    const auto resolved = system::resolve(names, system::FamilyChoice::any, resolve_limit);
    std::vector<Answer> answers;
    for (std::size_t i = 0; i < names.size(); ++i) {
        Answer answer;
        answer.host = whom[i].source.as_written;
        if (resolved && !(*resolved)[i].addresses.empty()) {
            answer.address = (*resolved)[i].addresses.front();
        } else {
            answer.not_asked = Rejection::unresolved;
            answer.why = resolved ? (*resolved)[i].why : resolved.error().message;
        }
        answers.push_back(std::move(answer));
    }
    return answers;
}

std::string proposal_file(const std::string& state_directory, const std::string& id) {
    return state_directory + "/proposals/" + id + ".plan";
}

Decided decide_now(const Context& context) {
    Decided decided;
    decided.asked = asks_another();
    if (decided.asked) return decided;
    const Now began = system::read_clocks();
    const auto decision = make_decision(context);
    decided.run.at = began.wall;
    decided.run.took = system::read_clocks().steady - began.steady;
    if (!decision) {
        decided.fault = decision.error().message;
        return decided;
    }
    remember_confirmation(decision->run, context.config);
    const Selection& selection = decision->run.judged.selection;
    for (std::size_t i = 0; i < selection.assessments.size(); ++i) {
        if (selection.assessments[i].chosen) {
            decided.run.chosen.push_back(decision->run.judged.candidates[i].source.as_written);
        }
    }
    const Plan& plan = decision->plan;
    decided.run.candidates = static_cast<int>(decision->run.measured.candidates.size());
    decided.run.packets = decision->run.measured.packets;
    decided.run.gain = plan.gain;
    decided.run.reason = plan.reason;
    if (!selection.ensemble.members.empty()) {
        decided.run.expected_error = selection.ensemble.expected_error;
    }
    if (decision->no) {
        decided.run.outcome = decision->no_set ? "no acceptable set" : "refused";
        return decided;
    }
    if (!plan.change) return decided;
    if (auto kept = keep_plan(context.config, plan); !kept) decided.fault = kept.error().message;
    decided.plan = Proposal{plan.id, plan.reason, began.wall, plan.add, plan.remove};
    decided.question = question_of(*decision, context);
    return decided;
}

AppliedPlan apply_now(const Context& context, const std::string& id) {
    Context apply = context;
    apply.command.verb = Verb::apply;
    apply.command.quiet = apply.command.yes = true;
    apply.command.file = proposal_file(context.config.state.directory, id);
    apply.command.reason = "agent";
    const auto code = apply_saved_plan(apply);
    if (!code) {
        const bool refused = code.error().fault == Fault::refused;
        return {refused ? "refused" : "failed", code.error().message};
    }
    switch (*code) {
        case exit_done:
            return {"applied", "verified"};
        case exit_interrupted:
            return {"rolled_back", "it was interrupted; the old state is back"};
        case exit_failed:
            return {"rolled_back", "it did not hold; the old state is back"};
        case exit_refused:
            return {"refused", "what it rests on has changed"};
        default:
            return {"failed", "the old state is not proved: clockwright rollback"};
    }
}

Result<bool> daemon_is_dead(const Config& config) {
    const system::LocalHost host;
    const DaemonView view = TRY(view_daemon(config, host));
    const DaemonLife life = life_of(view, false);
    if (life.answers || (life.running && !life.looked)) return false;
    const auto daemons = find_daemons(host, {});
    const auto ours = std::ranges::find(daemons, view.place.kind, &DaemonPresence::kind);
    return ours == daemons.end() || ours->enabled;
}

Result<void> restart_daemon(const Context& context) {
    if (asks_another() || !TRY(daemon_is_dead(context.config))) return {};
    const system::LocalHost host;
    const DaemonView view = TRY(view_daemon(context.config, host));
    if (view.place.restart.empty()) return fail("[daemon] restart is empty");
    return system::run_command(view.place.restart, restart_limit);
}

Result<void> exclude(const Replaced& replaced, const Config& config) {
    const HostName host = TRY(parse_host(replaced.server));
    return store::change_block_list(config.state.directory, [&](BlockList& blocks) {
        block_by_user(blocks, host, "replaced by the agent", replaced.returns, replaced.at);
    });
}

}  // namespace clockwright::app
