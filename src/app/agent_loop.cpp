#include "app/agent_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <memory>
#include <optional>

#include "app/agent.h"
#include "app/agent_alerts.h"
#include "app/agent_files.h"
#include "app/agent_http.h"
#include "app/agent_record.h"
#include "app/agent_sinks.h"
#include "app/agent_street.h"
#include "app/alert_files.h"
#include "app/exit_code.h"
#include "app/fault_once.h"
#include "app/leap_source.h"
#include "app/week_record.h"
#include "store/durable_file.h"
#include "store/lock.h"
#include "system/clock.h"
#include "system/clock_alarm.h"
#include "system/code_memory.h"
#include "system/event_loop.h"
#include "system/local_host.h"
#include "system/log.h"
#include "system/service_notice.h"
#include "system/worker.h"
#include "system/working_set.h"
#include "time/fnv.h"

namespace clockwright::app {
namespace {

/// Cycles: by then what each of them needs was met.
constexpr int settled_after = 4;

/// 0–1 by this machine's id: the same at every start, another on every host.
double splay_of_this_machine() {
    return static_cast<double>(fnv1a(system::machine_id()) % 10'000) / 10'000;
}

Moment read_moment() {
    return {system::read_clocks(), system::time_asleep()};
}

void use_log_level(const Config& config) {
    system::log_from(system::parse_log_level(config.log.level).value_or(system::LogLevel::info));
}

std::shared_ptr<const Context> quiet(Context context) {
    context.command.quiet = true;
    return std::make_shared<const Context>(std::move(context));
}

class AgentLoop {
  public:
    explicit AgentLoop(const Context& context);

    Result<int> run();

  private:
    void perform(std::vector<AgentEffect> effects);
    void carry_out(effect::Look& look);
    void carry_out(effect::Resolve& resolve);
    void carry_out(effect::Ask& ask);
    void carry_out(effect::Decide& decide);
    void carry_out(effect::Apply& apply);
    void carry_out(effect::RestartDaemon& restart);
    void carry_out(effect::Exclude& exclude);
    void carry_out(effect::Remember& remember);
    void carry_out(effect::Tell& tell);
    void carry_out(effect::Say& say);
    void carry_out(effect::SumUp& week);
    void carry_out(effect::Show& show);

    void arm();
    void reload();
    void wait_for_reload();
    void keep_alive();
    bool save(bool running);

    std::shared_ptr<const Context> context_;  ///< the workers read it; a reload puts a new one here
    system::EventLoop loop_;
    boost::asio::steady_timer timer_, alive_;
    boost::asio::signal_set reload_signal_;
    system::ClockAlarm alarm_;
    HostLook look_;       ///< used by `looking_` only
    WatchProber prober_;  ///< used by `asking_` only
    AgentFiles files_;
    std::optional<Agent> agent_;
    std::unique_ptr<AgentHttp> http_;  ///< null: off
    AgentRecord record_;
    AgentAlerts alerts_;
    AgentSinks sinks_;
    SteadyTime armed_{};  ///< when the timer wakes the agent
    bool ready_ = false;
    int cycles_ = 0;  ///< shown in `ultrafast`
    FaultOnce word_fault_;
    // Last, so that they end first: nothing they use goes before them.
    system::Worker looking_, resolving_, asking_, deciding_, syncing_;
};

AgentLoop::AgentLoop(const Context& context)
    : context_(quiet(context)),
      timer_(loop_.context()),
      alive_(loop_.context()),
      reload_signal_(loop_.context(), SIGHUP),
      alarm_(loop_.context(), [this] { perform(agent_->clock_was_set(read_moment())); }),
      files_(context.config),
      record_(loop_.context(), context.config,
              [this](const std::string& fault, std::uint64_t waiting) {
                  perform(agent_->record_is(fault, waiting));
              }),
      alerts_(loop_.context(), context.config),
      sinks_(loop_.context(), context.config, splay_of_this_machine()),
      looking_(loop_.context()),
      resolving_(loop_.context()),
      asking_(loop_.context()),
      deciding_(loop_.context()),
      syncing_(loop_.context()) {}

Result<int> AgentLoop::run() {
    use_log_level(context_->config);
    TRY(record_.open());
    if (!context_->config.agent.listen.empty()) {
        http_ = TRY(AgentHttp::open(loop_.context(), context_->config));
        system::log_event(system::LogLevel::info, "HTTP on " + to_string(http_->endpoint()));
    }
    std::string remark;
    AgentMemory memory = files_.load(system::read_wall_clock(), remark);
    agent_.emplace(context_->config, std::move(memory), leap_table(system::LocalHost{}),
                   splay_of_this_machine(), read_moment());
    auto alerts = load_alerts(context_->config, system::read_clocks());
    if (!alerts) remark = alerts.error().message;
    if (alerts && *alerts) agent_->restore(std::move((*alerts)->entries));
    if (!remark.empty()) system::log_event(system::LogLevel::warning, remark);
    if (auto armed = alarm_.arm(); !armed) {
        system::log_event(system::LogLevel::warning, armed.error().message);
    }
    wait_for_reload();
    keep_alive();
    perform(agent_->wake(read_moment()));
    loop_.run();
    system::tell_service_manager("STOPPING=1");
    perform(agent_->stop(read_moment()));
    files_.take_word_back();
    record_.finish();
    sinks_.finish();
    save(false);
    alerts_.finish();
    return exit_done;
}

void AgentLoop::perform(std::vector<AgentEffect> effects) {
    for (AgentEffect& effect : effects) {
        std::visit([this](auto& one) { carry_out(one); }, effect);
    }
    arm();
}

void AgentLoop::arm() {
    if (std::exchange(armed_, agent_->next_wake()) == agent_->next_wake()) return;
    timer_.expires_at(std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(
            agent_->next_wake().time_since_epoch())));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        armed_ = {};
        perform(agent_->wake(read_moment()));
    });
}

void AgentLoop::carry_out(effect::Look&) {
    looking_.post(
        [this, context = context_] { return look_.look(*context); },
        [this](Result<Sight> sight) { perform(agent_->saw(std::move(sight), read_moment())); });
}

void AgentLoop::carry_out(effect::Resolve& resolve) {
    resolving_.post([whom = std::move(resolve.whom)] { return addresses_of(whom); },
                    [this](const std::vector<Answer>& answers) {
                        perform(agent_->resolved(answers, read_moment()));
                    });
}

void AgentLoop::carry_out(effect::Ask& ask) {
    asking_.post([this, ask = std::move(ask),
                  context = context_] { return prober_.ask(ask, context->config); },
                 [this](const std::vector<Answer>& answers) {
                     perform(agent_->answered(answers, read_moment()));
                 });
}

void AgentLoop::carry_out(effect::Decide&) {
    deciding_.post([context = context_] { return decide_now(*context); },
                   [this](const Decided& decided) {
                       perform(agent_->decided(decided, read_moment()));
                       save(true);
                   });
}

void AgentLoop::carry_out(effect::Apply& apply) {
    if (!save(true)) {
        perform(agent_->applied("refused", "it would not be remembered", read_moment()));
        return;
    }
    deciding_.post([context = context_, id = apply.id] { return apply_now(*context, id); },
                   [this](const AppliedPlan& applied) {
                       perform(agent_->applied(applied.outcome, applied.reason, read_moment()));
                       save(true);
                   });
}

void AgentLoop::carry_out(effect::RestartDaemon&) {
    deciding_.post(
        [context = context_] { return restart_daemon(*context); },
        [this](const Result<void>& done) { perform(agent_->restarted(done, read_moment())); });
}

void AgentLoop::carry_out(effect::Exclude& away) {
    deciding_.post([context = context_,
                    replaced = away.replaced] { return exclude(replaced, context->config); },
                   [](const Result<void>& done) {
                       if (!done) {
                           system::log_event(
                               system::LogLevel::warning,
                               "a replaced source cannot be kept away: " + done.error().message);
                       }
                   });
}

void AgentLoop::carry_out(effect::Remember& remember) {
    if (http_) http_->tell(remember.rows);
    const bool alerts_changed = std::ranges::any_of(
        remember.rows, [](const Record& row) { return std::holds_alternative<AlertRow>(row); });
    sinks_.tell(remember.rows);
    record_.remember(std::move(remember.rows));
    if (alerts_changed) save(true);  // `alert list` reads them
}

/// False: not all of it, and the log says why.
bool AgentLoop::save(bool running) {
    const auto saved =
        files_.save(agent_->memory(), agent_->alerts(), system::read_clocks(), running);
    if (!saved) system::log_event(system::LogLevel::warning, saved.error().message);
    if (running)
        syncing_.post([this] { return files_.sync(); }, [](const Result<void>&) {});
    else
        static_cast<void>(files_.sync());
    return saved.has_value();
}

void AgentLoop::carry_out(effect::Tell& tell) {
    alerts_.tell(tell.notices);
    save(true);
}

void AgentLoop::carry_out(effect::Say& say) {
    system::log_event(say.level, say.text);
}

void AgentLoop::carry_out(effect::SumUp& week) {
    if (!alerts_.tells(NoticeClass::summary)) return;
    deciding_.post([context = context_, week = std::move(week)] { return sum_up(*context, week); },
                   [this](const Result<Alert>& summary) {
                       if (summary)
                           alerts_.tell({{*summary, NoticeKind::began}});
                       else
                           system::log_event(
                               system::LogLevel::warning,
                               "the week cannot be summed up: " + summary.error().message);
                   });
}

void AgentLoop::carry_out(effect::Show&) {
    const Snapshot& snapshot = agent_->snapshot();
    system::tell_service_manager(
        fmt::format("{}STATUS={}", ready_ ? "" : "READY=1\n", snapshot.status.verdict.sentence));
    if (!std::exchange(ready_, true)) system::let_go_of_the_start();
    if (context_->config.agent.mode == "ultrafast" && ++cycles_ == settled_after)
        system::bring_code_together();
    record_.clock_is(snapshot.status.verdict.demonstrated);
    if (http_) http_->show(snapshot);
    sinks_.show(snapshot);
    const auto left = files_.leave_word(snapshot);
    word_fault_.note("status and check do not hear of this agent",
                     left ? std::string{} : left.error().message);
}

void AgentLoop::wait_for_reload() {
    reload_signal_.async_wait([this](const boost::system::error_code& error, int) {
        if (error) return;
        reload();
        wait_for_reload();
    });
}

void AgentLoop::reload() {
    system::tell_service_manager("RELOADING=1");
    auto config = load_config(context_->command.config_file);
    if (!config) {
        system::log_event(
            system::LogLevel::error,
            "the new configuration is faulty, the old one stays: " + config.error().message);
    } else {
        override_config(*config, context_->command);
        if (keep_places(*config, context_->config))
            system::log_event(system::LogLevel::warning,
                              "agent.listen and the state directory change with a restart only");
        context_ = std::make_shared<const Context>(Context{*config, context_->command});
        use_log_level(context_->config);
        record_.use(context_->config);
        alerts_.use(context_->config);
        sinks_.use(context_->config);
        if (http_) http_->use(context_->config);
        looking_.post(
            [this] {
                look_.begin_anew();
                return true;
            },
            [](bool) {});
        perform(agent_->reload(std::move(*config), read_moment()));
    }
    system::tell_service_manager("READY=1");
}

/// Only while the loop turns: a loop that hangs is ended by the service manager.
void AgentLoop::keep_alive() {
    const auto interval = system::service_watchdog();
    if (!interval) return;
    system::tell_service_manager("WATCHDOG=1");
    alive_.expires_after(to_nanoseconds(*interval / 3));
    alive_.async_wait([this](const boost::system::error_code& error) {
        if (!error) keep_alive();
    });
}

}  // namespace

Result<int> run_agent_loop(const Context& context) {
    system::allocate_close_together();
    // Two would spoil the audit chain and each other's files, and tell everything twice.
    const std::string& state = context.config.state.directory;
    TRY(store::make_private_directory(state));
    const auto alone = store::Lock::take(state + "/agent.lock");
    if (!alone) return fail(alone.error().message);
    return AgentLoop(context).run();
}

}  // namespace clockwright::app
