#include "app/agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/agent_facts.h"
#include "app/alert_files.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

/// chrony slews by at most 83333 ppm; what moves the clock faster is a step. When the kernel says
/// that the clock was set, 500 ppm of it are taken for the usual slew.
constexpr double fastest_slew = 0.09, usual_slew = 500e-6;
constexpr Seconds least_step{0.001};
constexpr Seconds cycle_patience{5};
constexpr auto bad_long_enough = 1h;

}  // namespace

AgentPace pace_of(const Config::Agent& agent) {
    AgentPace pace;
    if (agent.mode == "lazy") {
        pace.cycle = pace.rates.near = pace.rates.strangers = Seconds{1800};
    } else if (agent.mode == "ultrafast") {
        pace.cycle = pace.rates.near = Seconds{1};
    } else if (agent.mode == "normal") {
        pace.rates.strangers = Seconds{256};
    }
    return pace;
}

Agent::Agent(Config config, AgentMemory memory, LeapTable leaps, double splay, const Moment& began)
    : config_(std::move(config)),
      pace_(pace_of(config_.agent)),
      memory_(std::move(memory)),
      leaps_(std::move(leaps)),
      watched_(pace_.rates),
      rules_(rules_of(config_)),
      book_({.repeat = config_.alert.repeat}),
      last_(began),
      next_cycle_(began.now.steady) {
    snapshot_.began = snapshot_.at = began.now.wall;
    snapshot_.proposal = memory_.proposal;
    // Ten thousand hosts that start at once must not scan at once.
    Seconds wait = splay * pace_.decide;
    if (memory_.decided) {
        const Seconds since = began.now.wall - *memory_.decided;
        if (since >= Seconds{0}) wait = std::max(Seconds{60}, pace_.decide - since);
    }
    next_decision_ = began.now.steady + to_nanoseconds(wait);
    book_.be_quiet_until(began.now.steady + to_nanoseconds(quiet_after_start));
    event(began.now, "agent", {}, "the agent started, mode " + config_.agent.mode);
}

std::vector<AgentEffect> Agent::take_effects() {
    if (!rows_.empty()) effects_.emplace_back(effect::Remember{std::exchange(rows_, {})});
    return std::exchange(effects_, {});
}

void Agent::say(effect::Level level, std::string text) {
    effects_.emplace_back(effect::Say{level, std::move(text)});
}

void Agent::event(const Now& now, std::string kind, std::string subject, std::string text,
                  std::optional<Seconds> size) {
    say(effect::Level::info, text);
    rows_.emplace_back(
        EventRow{now.wall, std::move(kind), std::move(subject), std::move(text), size});
}

void Agent::notice_clock(const Moment& moment, bool was_set) {
    const Moment before = std::exchange(last_, moment);
    const Now& now = moment.now;
    const Seconds slept = moment.slept - before.slept;
    const Seconds elapsed = now.steady - before.now.steady;
    const Seconds moved = Seconds(now.wall - before.now.wall) - elapsed - slept;
    if (slept > Seconds{1}) {
        book_.be_quiet_until(now.steady + to_nanoseconds(quiet_after_start));
        event(now, "suspend", {}, "this host was suspended for " + spell_age(slept), slept);
    }
    const double slew = (was_set ? usual_slew : fastest_slew) * elapsed.count();
    if (std::abs(moved.count()) < slew + least_step.count()) return;
    watched_.clock_moved(moved);
    step_ = {now.steady, moved};
    event(now, "step", {},
          fmt::format("this clock was set {} by {}", moved > Seconds{0} ? "forward" : "back",
                      spell(Seconds{std::abs(moved.count())})),
          moved);
}

std::vector<AgentEffect> Agent::wake(const Moment& moment) {
    notice_clock(moment);
    const Now& now = moment.now;
    if (deadline_ && now.steady >= *deadline_) conclude(now);
    if (!deadline_ && now.steady >= next_cycle_) begin_cycle(now);
    return take_effects();
}

std::vector<AgentEffect> Agent::clock_was_set(const Moment& moment) {
    notice_clock(moment, true);
    return take_effects();
}

void Agent::begin_cycle(const Now& now) {
    // From the plan of cycles, not from now: a late wake does not delay those after it.
    const auto cycle = to_nanoseconds(pace_.cycle);
    next_cycle_ += cycle * ((now.steady - next_cycle_) / cycle + 1);
    deadline_ = now.steady + to_nanoseconds(std::min(cycle_patience, pace_.cycle * 0.9));
    if (!std::exchange(looking_, true)) effects_.emplace_back(effect::Look{});
    if (asking_) return;
    std::vector<Candidate> whom = watched_.due(now);
    if (whom.empty()) return;
    asking_ = true;
    effects_.emplace_back(effect::Ask{std::move(whom)});
}

std::vector<AgentEffect> Agent::saw(Result<Sight> sight, const Moment& moment) {
    notice_clock(moment);
    const Now& now = moment.now;
    looking_ = false;
    if (!sight) {
        snapshot_.status.facts.state.reset();
        snapshot_.status.facts.why_not = sight.error().message;
        snapshot_.status.verdict = judge_clock(snapshot_.status.facts);
    } else {
        const bool first = !sight_;
        // Gone without a change of ours that took it away.
        const bool same_change = !first && sight_->status.last_change == sight->status.last_change;
        if (!first && sight_->dropin && !sight->dropin && same_change) dropin_missing_ = true;
        if (sight->dropin || !same_change) dropin_missing_ = false;
        sight_ = std::move(*sight);
        if (sight_->life.answers) daemon_answered_ = now.steady;
        snapshot_.status = sight_->status;
        watched_.is(sight_->sources, now);
        if (sight_->status.facts.state) watched_.take(*sight_->status.facts.state, now, rows_);
        if (first) {
            // Whom we ask is known only now: the first cycle asks at once.
            std::vector<Candidate> whom = watched_.due(now);
            if (!whom.empty() && !asking_) {
                asking_ = true;
                effects_.emplace_back(effect::Ask{std::move(whom)});
            }
        }
    }
    if (deadline_ && !asking_) conclude(now);
    return take_effects();
}

std::vector<AgentEffect> Agent::answered(const std::vector<Answer>& answers, const Moment& moment) {
    notice_clock(moment);
    asking_ = false;
    for (const Answer& answer : answers) {
        snapshot_.packets_sent += static_cast<std::uint64_t>(answer.series.sent);
    }
    watched_.answered(answers, moment.now, rows_);
    if (deadline_ && !looking_) conclude(moment.now);
    return take_effects();
}

void Agent::conclude(const Now& now) {
    deadline_.reset();
    ++snapshot_.cycles;
    Judged judged = judge(watched_.candidates(now, pace_.cycle), config_);
    watched_.judged(judged, now, rows_);
    HostClaim claim;
    const ClockVerdict& verdict = snapshot_.status.verdict;
    if (verdict.demonstrated && verdict.bound) {
        claim.offset = verdict.bound->offset;
        claim.bound = verdict.bound->total();
    }
    if (step_ && now.steady - step_->first < 5min) claim.stepped = step_->second;
    const auto witnesses = watched_.witnesses(now);
    note_blame(who_is_wrong(witnesses, judged.selection.consensus, claim), now);
    note_daemon(now);
    const FactGround ground{
        .snapshot = &snapshot_,
        .watched = &watched_,
        .judged = &judged,
        .life = sight_ ? sight_->life : DaemonLife{.looked = false},
        .daemon_answered = daemon_answered_,
        .step = step_,
        .frequency_hour_ago =
            frequencies_.empty() || now.steady - frequencies_.front().first < 50min
                ? std::nullopt
                : std::optional(frequencies_.front().second),
        .leap_table_days = Seconds(leaps_.expires - now.wall).count() / 86400,
        .dropin_missing = dropin_missing_};
    facts_ = facts_of(ground, now);
    raise_alerts(now);
    rows_.emplace_back(clock_row(now, judged.selection.consensus));
    watch_daemon(now);
    may_decide(now);
    fill_snapshot(now, judged);
    effects_.emplace_back(effect::Show{});
}

void Agent::note_blame(Blame blame, const Now& now) {
    const bool news =
        blame.culprit != snapshot_.blame.culprit || blame.subject != snapshot_.blame.subject;
    if (news && snapshot_.cycles > 1) event(now, "blame", blame.subject, blame.sentence);
    snapshot_.blame = std::move(blame);
}

void Agent::note_daemon(const Now& now) {
    const auto& state = snapshot_.status.facts.state;
    if (!state || !state->tracking.synchronised()) return;
    while (!frequencies_.empty() && now.steady - frequencies_.front().first > 61min) {
        frequencies_.pop_front();
    }
    if (frequencies_.empty() || now.steady - frequencies_.back().first >= 1min) {
        frequencies_.emplace_back(now.steady, state->tracking.frequency);
    }
}

void Agent::watch_daemon(const Now& now) {
    if (!sight_) return;
    switch (watchdog_.look(sight_->life, now.steady)) {
        case Watchdog::Order::none:
            return;
        case Watchdog::Order::restart:
            if (!config_.agent.watchdog) {
                event(now, "daemon", snapshot_.status.facts.daemon,
                      snapshot_.status.facts.daemon +
                          " is dead; agent.watchdog is off, so it is not started again");
                return;
            }
            event(now, "daemon", snapshot_.status.facts.daemon,
                  snapshot_.status.facts.daemon + " is dead and is started again");
            effects_.emplace_back(effect::RestartDaemon{});
            return;
        case Watchdog::Order::give_up:
            event(now, "daemon", snapshot_.status.facts.daemon,
                  "three restarts within six hours did not help; it is left as it is");
            say(effect::Level::error,
                snapshot_.status.facts.daemon + " stays dead: start it by hand");
            return;
    }
}

void Agent::raise_alerts(const Now& now) {
    static const std::vector<Silence> none;
    AlertNews news = book_.step(now, rules_, facts_, sight_ ? sight_->silences : none);
    for (const Alert& alert : news.changes) {
        rows_.emplace_back(
            AlertRow{now.wall, alert.state, alert.rule, alert.subject, alert.severity, alert.text});
    }
    if (!news.notices.empty()) effects_.emplace_back(effect::Tell{std::move(news.notices)});
    snapshot_.alerts = book_.open();
}

int Agent::went_bad(const Now& now) const {
    return static_cast<int>(std::ranges::count_if(watched_.servers(), [&](const Watched& server) {
        return server.by_daemon && server.bad_since &&
               now.steady - *server.bad_since < 2 * bad_long_enough;
    }));
}

void Agent::may_decide(const Now& now) {
    if (deciding_ || applying_) return;
    // A member that is bad for an hour is worth a scan before its time, but not every hour.
    const bool member_is_bad = std::ranges::any_of(watched_.servers(), [&](const Watched& server) {
        return server.by_daemon && server.bad_since &&
               now.steady - *server.bad_since >= bad_long_enough &&
               now.steady - *server.bad_since < bad_long_enough + to_nanoseconds(2 * pace_.cycle);
    });
    const bool before_its_time =
        member_is_bad &&
        (!memory_.decided || now.wall - *memory_.decided > 1h || *memory_.decided > now.wall);
    if (config_.agent.apply == "off" || (now.steady < next_decision_ && !before_its_time)) return;
    deciding_ = true;
    next_decision_ = now.steady + to_nanoseconds(pace_.decide);
    effects_.emplace_back(effect::Decide{});
}

std::vector<AgentEffect> Agent::decided(const Decided& decided, const Moment& moment) {
    notice_clock(moment);
    const Now& now = moment.now;
    deciding_ = false;
    memory_.decided = now.wall;
    RunRow run = decided.run;
    if (!decided.fault.empty()) {
        event(now, "agent", {}, "no decision could be made: " + decided.fault);
        return take_effects();
    }
    if (!decided.plan) {
        if (memory_.proposal) event(now, "plan", {}, "the proposed change is no longer due");
        memory_.proposal.reset();
        snapshot_.proposal.reset();
        run.outcome = run.outcome.empty() ? "nothing to change" : run.outcome;
        rows_.emplace_back(std::move(run));
        return take_effects();
    }
    ReplacementQuestion question;
    question.remove = decided.plan->remove;
    question.removes_foreign = decided.removes_foreign;
    question.removes_pool_member = decided.removes_pool_member;
    question.restarts = decided.restarts;
    question.went_bad = went_bad(now);
    question.majority = snapshot_.scan.consensus.majority;
    question.bound_known = snapshot_.status.verdict.demonstrated;
    question.serves_time = sight_ && sight_->serves_time;
    if (const auto leap = leaps_.leap_within(now.wall, 48h)) {
        question.to_leap = Seconds(*leap - now.wall);
    }
    const std::string why_not = why_not_replace(question, memory_.replaced, now.wall);
    const bool is_new = !memory_.proposal || memory_.proposal->id != decided.plan->id;
    memory_.proposal = snapshot_.proposal = decided.plan;
    run.plan = decided.plan->id;
    if (config_.agent.apply == "auto" && why_not.empty()) {
        applying_ = true;
        run.outcome = "applied";
        effects_.emplace_back(effect::Apply{decided.plan->id});
    } else {
        run.outcome = "proposed";
        if (config_.agent.apply == "auto") run.reason += "; not by itself: " + why_not;
        if (is_new) {
            event(now, "plan", {},
                  fmt::format("plan {} is proposed: {} (clockwright apply {})", decided.plan->id,
                              decided.plan->reason, decided.plan->id));
        }
    }
    rows_.emplace_back(std::move(run));
    return take_effects();
}

std::vector<AgentEffect> Agent::applied(const std::string& outcome, const std::string& reason,
                                        const Moment& moment) {
    notice_clock(moment);
    const Now& now = moment.now;
    applying_ = false;
    if (!memory_.proposal) return take_effects();
    const Proposal plan = *memory_.proposal;
    event(now, "plan", {}, fmt::format("plan {}: {}; {}", plan.id, outcome, reason));
    if (outcome == "applied") {
        for (const std::string& server : plan.remove) {
            effects_.emplace_back(effect::Exclude{replace(memory_.replaced, server, now.wall)});
        }
    }
    memory_.proposal.reset();
    snapshot_.proposal.reset();
    return take_effects();
}

std::vector<AgentEffect> Agent::restarted(const Result<void>& done, const Moment& moment) {
    notice_clock(moment);
    if (!done) {
        say(effect::Level::error,
            snapshot_.status.facts.daemon + " could not be started again: " + done.error().message);
    }
    return take_effects();
}

std::vector<AgentEffect> Agent::record_is(const std::string& fault, std::uint64_t waiting) {
    if (fault != snapshot_.record_fault) {
        if (fault.empty()) {
            say(effect::Level::info, "the record is written again");
        } else {
            say(effect::Level::error, "the record is not written, rows wait in memory: " + fault);
        }
    }
    snapshot_.record_fault = fault;
    snapshot_.records_waiting = waiting;
    return take_effects();
}

std::vector<AgentEffect> Agent::reload(Config config, const Moment& moment) {
    notice_clock(moment);
    config_ = std::move(config);
    pace_ = pace_of(config_.agent);
    watched_.keep_rates(pace_.rates);
    rules_ = rules_of(config_);
    book_.use({.repeat = config_.alert.repeat});
    next_cycle_ = moment.now.steady;
    event(moment.now, "configuration", {}, "the configuration was read anew");
    return take_effects();
}

std::vector<AgentEffect> Agent::stop(const Moment& moment) {
    notice_clock(moment);
    event(moment.now, "agent", {}, "the agent stopped");
    return take_effects();
}

SteadyTime Agent::next_wake() const {
    return deadline_.value_or(next_cycle_);
}

ClockRow Agent::clock_row(const Now& now, const Consensus& consensus) const {
    const ClockVerdict& verdict = snapshot_.status.verdict;
    ClockRow row;
    row.at = now.wall;
    row.daemon = std::string(to_string(snapshot_.status.kind));
    row.demonstrated = verdict.demonstrated;
    row.sentence = verdict.sentence;
    row.agreeing = verdict.agreeing;
    row.judged = verdict.voting;
    row.authenticated = verdict.authenticated;
    if (verdict.demonstrated && verdict.bound) {
        row.offset = verdict.bound->offset;
        row.bound = verdict.bound->total();
    }
    if (const auto& state = snapshot_.status.facts.state) {
        row.stratum = state->tracking.stratum;
        if (state->tracking.synchronised()) row.frequency = state->tracking.frequency;
    }
    if (consensus.majority) {
        row.consensus = consensus.offset;
        row.consensus_bound = consensus.bound;
    }
    return row;
}

void Agent::fill_snapshot(const Now& now, const Judged& judged) {
    snapshot_.at = now.wall;
    snapshot_.cycle = pace_.cycle;
    snapshot_.mode = config_.agent.mode;
    snapshot_.apply = config_.agent.apply;
    snapshot_.scan = report_of(judged, Measured{}, now.wall);
    snapshot_.watched = watched_.view();
}

}  // namespace clockwright::app
