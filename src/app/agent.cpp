#include "app/agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/agent_facts.h"
#include "app/alert_files.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

constexpr Seconds cycle_patience{5};
constexpr std::chrono::seconds look_rest{20};    ///< for a daemon that is silent
constexpr std::chrono::seconds absent_rest{64};  ///< for one that was never there

/// Ten thousand hosts that start at once must not ask strangers at once.
WatchRates spread(WatchRates rates, double splay) {
    rates.start = splay * rates.strangers;
    return rates;
}

}  // namespace

AgentPace pace_of(const Config::Agent& agent) {
    AgentPace pace;
    if (agent.mode == "lazy") {
        pace.cycle = pace.rates.near = pace.rates.strangers = Seconds{1800};
    } else if (agent.mode == "ultrafast") {
        pace.cycle = pace.rates.near = Seconds{1};
        pace.judged_each = 4;
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
      splay_(splay),
      clock_(began),
      watched_(spread(pace_.rates, splay)),
      rules_(rules_of(config_)),
      book_({.repeat = config_.alert.repeat}),
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
    return std::exchange(effects_, {});
}

std::vector<AgentEffect> Agent::take_all() {
    remember();
    return take_effects();
}

void Agent::remember() {
    if (!rows_.empty()) effects_.emplace_back(effect::Remember{std::exchange(rows_, {})});
}

void Agent::say(system::LogLevel level, std::string text) {
    effects_.emplace_back(effect::Say{level, std::move(text)});
}

void Agent::event(const Now& now, std::string kind, std::string subject, std::string text,
                  std::optional<Seconds> size) {
    say(system::LogLevel::info, text);
    rows_.emplace_back(
        EventRow{now.wall, std::move(kind), std::move(subject), std::move(text), size});
}

std::vector<AgentEffect> Agent::wake(const Moment& moment) {
    notice_clock(moment);
    const Now& now = moment.now;
    if (deadline_ && now.steady >= *deadline_) conclude(now);
    if (!deadline_ && now.steady >= next_cycle_)
        begin_cycle(now);
    else if (between_cycles() <= now.steady)
        ask_who_is_due(now);
    return take_effects();
}

void Agent::begin_cycle(const Now& now) {
    // From the plan of cycles, not from now: a late wake does not delay those after it.
    const auto cycle = to_nanoseconds(pace_.cycle);
    next_cycle_ += cycle * ((now.steady - next_cycle_) / cycle + 1);
    const bool judged = cycles_++ % pace_.judged_each == 0;
    if (judged) {
        deadline_ = now.steady + to_nanoseconds(std::min(cycle_patience, pace_.cycle * 0.9));
    }
    // A daemon that answers is asked each time; for one to come it is enough to look now and then.
    const auto rest = daemon_answered_ ? look_rest : absent_rest;
    const bool long_ago = !looked_at_ || now.steady - *looked_at_ >= rest - cycle / 2;
    if (!looking_ && (life_.answers || (judged && long_ago))) {
        looking_ = looked_at_ = now.steady;
        effects_.emplace_back(effect::Look{});
    }
    const bool asked_before = asking_;
    ask_for_this_cycle(now);
    // Who is asked has his questions for all cycles up to the next that is judged.
    const bool asked_for_all = asking_ && !asked_before && !judged && !life_.answers;
    for (; asked_for_all && cycles_ % pace_.judged_each != 0; ++cycles_) next_cycle_ += cycle;
    conclude_when_all_is_in(now);
}

/// The first time names are waited for, too: later a slow name server holds up nobody else.
void Agent::conclude_when_all_is_in(const Now& now) {
    const bool all_named = !resolving_ || snapshot_.cycles > 0;
    if (deadline_ && !looking_ && !asking_ && all_named) conclude(now);
}

/// Whoever falls due nearer to this cycle than to the next: so all answers are as young as can be
/// when it is judged, whenever the first question to each was asked and however late a wake comes.
void Agent::ask_for_this_cycle(const Now& now) {
    held_up_ = asking_ && pace_.judged_each == 1;
    ask_who_is_due(now, pace_.cycle / 2);
}

void Agent::ask_who_is_due(const Now& now, Seconds early) {
    if (!resolving_) {
        std::vector<Candidate> names = watched_.unresolved(now);
        resolving_ = !names.empty();
        if (resolving_) effects_.emplace_back(effect::Resolve{std::move(names)});
    }
    if (asking_) return;
    std::vector<Question> questions = watched_.due(now, packets_until_judged(), early);
    if (questions.empty()) return;
    asking_ = true;
    effects_.emplace_back(effect::Ask{std::move(questions), pace_.rates.near});
}

/// One in this cycle and in each that follows, up to the next that is judged: to set out for one
/// packet costs as much as the packet.
int Agent::packets_until_judged() const {
    const auto since = (cycles_ - 1) % pace_.judged_each;
    return cycles_ == 0 || since == 0 ? 1 : static_cast<int>(pace_.judged_each - since) + 1;
}

void Agent::take(Sight sight, const Now& now) {
    const bool first = !setting_, tells_list = sight.setting.has_value();
    if (sight.setting) {
        // Gone without a change of ours that took it away.
        const bool same_change = snapshot_.status.last_change == sight.status.last_change;
        dropin_missing_ = !first && !sight.setting->dropin && same_change &&
                          (dropin_missing_ || setting_->dropin);
        const bool was_open = setting_ && setting_->window_open == true;
        setting_ = std::move(sight.setting);
        if (!was_open && setting_->window_open == true) window_opens(now);
        if (setting_->leaps) leaps_ = *std::exchange(setting_->leaps, {});
        watched_.is(setting_->sources, now);
        look_for_decision(now);
        for (Alert& notice : std::exchange(setting_->notices, {}))
            tell_event(std::move(notice), "change", now);
        if (setting_->rtc) note_rtc(setting_->rtc, now);
    }
    life_ = sight.life;
    if (life_.answers) daemon_answered_ = now.steady;
    // Who answered us before is not closed to us: that it is silent tells.
    if (daemon_answered_) life_.looked = true;
    snapshot_.status = std::move(sight.status);
    doubt_what_was_told();
    tell_quorum(now);
    if (snapshot_.status.facts.state) watched_.take(*snapshot_.status.facts.state, now, rows_);
    // Whom there is to ask is known only now.
    if (tells_list && std::exchange(list_is_old_, false)) ask_who_is_due(now);
}

/// What was seen before is no news of now.
void Agent::not_seen(std::string why) {
    life_.answers = life_.looked = false;
    snapshot_.status.facts.state.reset();
    snapshot_.status.facts.why_not = std::move(why);
    snapshot_.status.verdict = judge_clock(snapshot_.status.facts);
}

std::vector<AgentEffect> Agent::saw(Result<Sight> sight, const Moment& moment) {
    notice_clock(moment);
    looking_.reset();
    if (sight)
        take(std::move(*sight), moment.now);
    else
        not_seen(std::move(sight.error().message));
    conclude_when_all_is_in(moment.now);
    return take_effects();
}

std::vector<AgentEffect> Agent::resolved(const std::vector<Answer>& answers, const Moment& moment) {
    notice_clock(moment);
    resolving_ = false;
    watched_.resolved(answers, moment.now, rows_);
    ask_who_is_due(moment.now);
    conclude_when_all_is_in(moment.now);
    return take_effects();
}

std::vector<AgentEffect> Agent::answered(const std::vector<Answer>& answers, const Moment& moment) {
    notice_clock(moment);
    asking_ = false;
    std::size_t polls = 0;
    for (const Answer& answer : answers) polls += static_cast<std::size_t>(answer.series.sent);
    snapshot_.packets_sent += polls;
    rows_.reserve(rows_.size() + polls + 1);  // this clock's row comes after them
    watched_.answered(answers, moment.now, rows_);
    if (held_up_)
        ask_for_this_cycle(moment.now);
    else if (pace_.judged_each == 1)
        ask_who_is_due(moment.now);  // whose address came meanwhile
    conclude_when_all_is_in(moment.now);
    return take_effects();
}

void Agent::conclude(const Now& now) {
    deadline_.reset();
    ++snapshot_.cycles;
    const Seconds looked_for = now.steady - looking_.value_or(now.steady);
    if (looked_for > 3 * pace_.cycle * pace_.judged_each)
        not_seen(fmt::format("looking at this host takes {} by now", spell_age(looked_for)));
    Judged judged = judge(watched_.candidates(now, pace_.cycle), config_);
    watched_.judged(judged, now, rows_);
    hear_quorum(now);
    HostClaim claim;
    const ClockVerdict& verdict = snapshot_.status.verdict;
    // The servers asked cannot be held against their own word for a daemon's.
    const bool own_word = verdict.by_quorum && !snapshot_.status.facts.no_daemon;
    if (verdict.demonstrated && verdict.bound && !own_word) {
        claim.offset = verdict.bound->offset;
        claim.bound = verdict.bound->total();
    }
    if (const Seconds by = ledger_.stepped(now.steady); by != Seconds{0}) claim.stepped = by;
    const auto witnesses = watched_.witnesses(now);
    const Consensus consensus = clock_consensus(judged.selection);
    note_blame(who_is_wrong(witnesses, consensus, claim), now);
    note_clock(consensus, now);
    const FactGround ground{
        .snapshot = &snapshot_,
        .watched = &watched_,
        .judged = &judged,
        .life = life_,
        .daemon_answered = daemon_answered_,
        .ledger = &ledger_,
        .leap_table_days = Seconds(leaps_.expires - now.wall).count() / 86400,
        .dropin_missing = dropin_missing_,
        .kernel_unsynchronised = setting_ ? setting_->kernel_unsynchronised : std::nullopt,
        .rate_trend = setting_ ? setting_->rate_trend : std::nullopt};
    raise_alerts(facts_of(ground, now), now);
    rows_.emplace_back(clock_row(now, consensus));
    watch_daemon(now);
    may_decide(now);
    sum_up(now);
    fill_snapshot(now, std::move(judged));
    remember();
    effects_.emplace_back(effect::Show{});
}

void Agent::note_blame(Blame blame, const Now& now) {
    const bool news =
        blame.culprit != snapshot_.blame.culprit || blame.subject != snapshot_.blame.subject;
    if (news && snapshot_.cycles > 1) event(now, "blame", blame.subject, blame.sentence);
    snapshot_.blame = std::move(blame);
}

void Agent::watch_daemon(const Now& now) {
    // Where it may not start it, the alerts say that the daemon is dead.
    if (!setting_ || !config_.agent.watchdog) return;
    switch (watchdog_.look(life_, now.steady)) {
        case Watchdog::Order::none:
            return;
        case Watchdog::Order::restart:
            event(now, "daemon", snapshot_.status.facts.daemon,
                  snapshot_.status.facts.daemon + " is dead and is started again");
            effects_.emplace_back(effect::RestartDaemon{});
            return;
        case Watchdog::Order::give_up:
            event(now, "daemon", snapshot_.status.facts.daemon,
                  "three restarts within six hours did not help; it is left as it is");
            say(system::LogLevel::error,
                snapshot_.status.facts.daemon + " stays dead: start it by hand");
            return;
    }
}

void Agent::raise_alerts(const std::vector<Fact>& facts, const Now& now) {
    std::span<const Silence> silences;
    if (setting_) silences = setting_->silences;
    AlertNews news = book_.step(now, rules_, facts, silences);
    for (const Alert& alert : news.changes) {
        rows_.emplace_back(
            AlertRow{now.wall, alert.state, alert.rule, alert.subject, alert.severity, alert.text});
    }
    if (!news.notices.empty()) effects_.emplace_back(effect::Tell{std::move(news.notices)});
    snapshot_.alerts = book_.open();
}

std::vector<AgentEffect> Agent::restarted(const Result<void>& done, const Moment& moment) {
    notice_clock(moment);
    if (!done) {
        say(system::LogLevel::error,
            snapshot_.status.facts.daemon + " could not be started again: " + done.error().message);
    }
    return take_all();
}

std::vector<AgentEffect> Agent::record_is(const std::string& fault, std::uint64_t waiting) {
    if (fault != snapshot_.record_fault) {
        if (fault.empty()) {
            say(system::LogLevel::info, "the record is written again");
        } else {
            say(system::LogLevel::error,
                "the record is not written, rows wait in memory: " + fault);
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
    cycles_ = 0;  // judged at once
    looked_at_.reset();
    list_is_old_ = true;
    event(moment.now, "configuration", {}, "the configuration was read anew");
    return take_all();
}

std::vector<AgentEffect> Agent::stop(const Moment& moment) {
    notice_clock(moment);
    event(moment.now, "agent", {}, "the agent stopped");
    return take_all();
}

/// When somebody or his name cannot wait for the next cycle.
SteadyTime Agent::between_cycles() const {
    SteadyTime next = SteadyTime::max();
    if (!asking_) next = watched_.due_between().value_or(next);
    if (!resolving_) next = std::min(next, watched_.next_name().value_or(next));
    return next;
}

SteadyTime Agent::next_wake() const {
    return deadline_.value_or(std::min(next_cycle_, between_cycles()));
}

void Agent::fill_snapshot(const Now& now, Judged judged) {
    snapshot_.at = now.wall;
    snapshot_.cycle = pace_.cycle * pace_.judged_each;
    snapshot_.mode = config_.agent.mode;
    snapshot_.apply = config_.agent.apply;
    snapshot_.scan = report_of(std::move(judged), Measured{}, now.wall);
    snapshot_.watched = watched_.view();
    snapshot_.proposal = memory_.proposal;
}

}  // namespace clockwright::app
