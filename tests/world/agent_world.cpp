#include "tests/world/agent_world.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace clockwright::worlds {

using namespace std::chrono_literals;
using app::AgentEffect;

namespace {

constexpr auto daemon_poll = 64s;

}  // namespace

AgentWorld::AgentWorld(app::Config config, std::uint64_t seed)
    : config_(std::move(config)),
      random_(seed),
      true_time_(std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}),
      daemon_due_(steady_),
      daemon_set_(true_time_),
      began_(steady_) {
    for (int i = 1; i <= 5; ++i) {
        servers.push_back(
            NetServer{.name = "ntp" + std::to_string(i), .address = "10.0.0." + std::to_string(i)});
    }
}

NetServer& AgentWorld::server(const std::string& name) {
    const auto found = std::ranges::find(servers, name, &NetServer::name);
    if (found == servers.end()) throw std::logic_error("no such server: " + name);
    return *found;
}

void AgentWorld::at(std::chrono::nanoseconds after, std::function<void(AgentWorld&)> what) {
    script_.emplace(steady_ + after, std::move(what));
}

Now AgentWorld::now() const {
    return {true_time_ + to_nanoseconds(clock_error), steady_};
}

Moment AgentWorld::moment() const {
    return {now(), slept_};
}

void AgentWorld::pass(std::chrono::nanoseconds span) {
    steady_ += span;
    true_time_ += span;
    slew(drift.value * 1e-6 * Seconds(span));
}

/// A kernel slews its steady clock with the wall clock: by both of them it is true time that slips.
void AgentWorld::slew(Seconds by) {
    true_time_ -= to_nanoseconds(by);
    clock_error += by;
}

void AgentWorld::set_clock(Seconds by) {
    clock_error += by;
    perform(agent_->clock_was_set(moment()));
}

void AgentWorld::sleep(std::chrono::nanoseconds span) {
    true_time_ += span;
    slept_ += span;
    perform(agent_->clock_was_set(moment()));
}

void AgentWorld::leap() {
    true_time_ -= 1s;
    perform(agent_->clock_was_set(moment()));
}

void AgentWorld::pause(std::chrono::nanoseconds span) {
    true_time_ += span;
    clock_error -= span;
}

void AgentWorld::restart_agent() {
    const app::AgentMemory memory = agent_->memory();
    perform(agent_->stop(moment()));
    question_.reset();
    agent_.emplace(config_, memory, known_leap_table(), 0.5, moment());
}

void AgentWorld::run(std::chrono::nanoseconds span) {
    if (!agent_) agent_.emplace(config_, app::AgentMemory{}, known_leap_table(), 0.5, moment());
    const SteadyTime end = steady_ + span;
    while (steady_ < end) {
        SteadyTime next = std::min({end, agent_->next_wake() + late_, daemon_due_});
        if (!script_.empty()) next = std::min(next, script_.begin()->first);
        if (question_) next = std::min(next, question_->due);
        if (next > steady_) pass(next - steady_);
        while (!script_.empty() && script_.begin()->first <= steady_) {
            const auto what = script_.begin()->second;
            script_.erase(script_.begin());
            what(*this);
        }
        if (daemon_due_ <= steady_) daemon_polls();
        if (agent_->next_wake() + late_ <= steady_) wake();
        if (question_ && question_->due <= steady_) ask_on();
    }
}

void AgentWorld::wake() {
    std::uniform_real_distribution<double> part(0, 1);
    late_ = to_nanoseconds(wakes_late * part(lateness_));
    perform(agent_->wake(moment()));
}

std::optional<Sample> AgentWorld::probe(const NetServer& server) {
    if (!network || !server.answers) return std::nullopt;
    std::exponential_distribution<double> queue(1 / std::max(server.jitter.count(), 1e-9));
    const Seconds out = server.out + Seconds{queue(random_)};
    const Seconds back = server.back + Seconds{queue(random_)};
    Sample sample;
    sample.at = steady_;
    sample.delay = out + back;
    sample.offset = server.error - clock_error + (out - back) / 2;
    sample.root_dispersion = server.root_dispersion;
    sample.root_delay = Seconds{0.001};
    sample.stratum = static_cast<std::uint8_t>(server.stratum);
    sample.refid = server.refid;
    sample.leap = server.leap;
    return sample;
}

/// A simple daemon: every poll of all sources, the median of those that answer, half of it
/// corrected.
void AgentWorld::daemon_polls() {
    daemon_due_ = steady_ + daemon_poll;
    if (!daemon_runs) return;
    std::vector<Seconds> offsets;
    for (NetServer& one : servers) {
        if (!one.by_daemon) continue;
        const auto sample = probe(one);
        one.reach = static_cast<std::uint8_t>((one.reach << 1U) | (sample ? 1U : 0U));
        if (!sample) continue;
        one.offset = sample->offset;
        one.polled = steady_;
        offsets.push_back(sample->offset);
    }
    if (offsets.empty()) return;
    std::ranges::sort(offsets);
    if (!daemon_disciplines) return;
    const Seconds correction = offsets[(offsets.size() - 1) / 2];
    const auto agreeing = std::ranges::count_if(
        offsets, [&](Seconds offset) { return std::abs((offset - correction).count()) < 0.02; });
    if (2 * agreeing <= std::ssize(offsets)) return;  // it coasts
    const Seconds moved = std::clamp(correction / 2, Seconds{-5}, Seconds{5});
    slew(moved);
    for (NetServer& one : servers) one.offset -= moved;
    daemon_set_ = now().wall;
}

Candidate AgentWorld::candidate_of(const NetServer& one) const {
    Candidate candidate;
    candidate.source.as_written = candidate.source.host.name = one.name;
    candidate.source.operator_name = one.name;
    candidate.source.origin.kind = one.by_daemon ? Origin::Kind::daemon : Origin::Kind::hosts;
    candidate.membership = one.by_daemon ? Membership::ours : Membership::none;
    if (one.by_daemon || !names_are_unknown) candidate.address = parse_address(one.address);
    return candidate;
}

app::Sight AgentWorld::look() {
    app::Sight sight;
    sight.life = {daemon_runs, daemon_runs, daemon_runs || !(daemon_is_closed || has_no_daemon)};
    app::HostSetting setting;
    setting.serves_time = serves_time;
    setting.service = service;
    setting.leaps = leaps;
    setting.clocksource = clocksource;
    setting.kernel_unsynchronised = kernel_unsynchronised;
    setting.rate_trend = rate_trend;
    setting.window_open = window_open;
    setting.rtc = std::exchange(rtc, nullptr);
    setting.silences = silences;
    setting.notices = std::exchange(notices, {});
    for (const NetServer& one : servers) setting.sources.push_back(candidate_of(one));
    sight.setting = std::move(setting);
    ClockFacts& facts = sight.status.facts;
    facts.daemon = "chronyd";
    facts.no_daemon = has_no_daemon;
    if (!daemon_runs) {
        facts.why_not = "connection refused";
    } else {
        DaemonState state;
        state.read_at = now().wall;
        state.complete = true;
        std::vector<Seconds> offsets;
        for (const NetServer& one : servers) {
            if (one.by_daemon && one.reach != 0) offsets.push_back(one.offset);
        }
        std::ranges::sort(offsets);
        const Seconds middle = offsets.empty() ? Seconds{0} : offsets[(offsets.size() - 1) / 2];
        bool selected = false;
        for (const NetServer& one : servers) {
            if (!one.by_daemon) continue;
            DaemonSource source;
            source.name = one.name;
            source.address = parse_address(one.address);
            source.stratum = one.stratum;
            source.refid = one.refid;
            source.poll = 6;
            source.reach = one.reach;
            source.offset = one.offset;
            source.error = (one.out + one.back) / 2 + Seconds{0.001};
            if (one.polled != SteadyTime{}) {
                source.last_sample = Seconds(std::floor(Seconds(steady_ - one.polled).count()));
            }
            source.samples = 8;
            const bool agrees = std::abs((one.offset - middle).count()) < 0.02;
            source.state = one.reach == 0 ? '?' : !agrees ? 'x' : selected ? '+' : '*';
            selected |= source.state == '*';
            state.sources.push_back(source);
        }
        state.tracking.leap = offsets.empty() ? Leap::unsynchronised : Leap::none;
        state.tracking.stratum = 3;
        state.tracking.refid = 0x0a000001;
        state.tracking.reference = parse_address("10.0.0.1");
        state.tracking.reference_time = daemon_set_;
        state.tracking.root_delay = Seconds{0.011};
        const Seconds age = now().wall - daemon_set_;
        state.tracking.root_dispersion = Seconds{0.001 + phi * std::max(0.0, age.count())};
        state.tracking.frequency = Ppm{-drift.value};
        state.tracking.update_interval = Seconds(daemon_poll);
        facts.state = state;
    }
    sight.status.verdict = judge_clock(facts);
    return sight;
}

std::vector<app::Answer> AgentWorld::resolve(const std::vector<Candidate>& whom) const {
    std::vector<app::Answer> answers;
    for (const Candidate& candidate : whom) {
        app::Answer answer;
        answer.host = candidate.source.as_written;
        const auto one = std::ranges::find(servers, answer.host, &NetServer::name);
        if (one != servers.end()) answer.address = parse_address(one->address);
        answers.push_back(std::move(answer));
    }
    return answers;
}

void AgentWorld::begin_question(const app::effect::Ask& ask) {
    question_ = Question{.ask = ask, .answers = {}, .due = steady_, .round = 0};
    for (const app::Question& one : ask.questions) {
        app::Answer& answer = question_->answers.emplace_back();
        answer.host = one.whom.source.as_written;
        answer.address = one.whom.address;
    }
}

/// The next packet to each; answers come at once, and with the last of them all that were asked
/// for.
void AgentWorld::ask_on() {
    bool more = false;
    for (std::size_t i = 0; i < question_->answers.size(); ++i) {
        const int packets = question_->ask.questions[i].packets;
        if (question_->round >= packets) continue;
        more |= question_->round + 1 < packets;
        app::Answer& answer = question_->answers[i];
        ++asked[answer.host];
        ++answer.series.sent;
        // Who has gone is asked until the next look shows it.
        const auto one = std::ranges::find(servers, answer.host, &NetServer::name);
        if (one != servers.end()) answer.address = parse_address(one->address);
        if (const auto sample = one == servers.end() ? std::nullopt : probe(*one)) {
            answer.series.samples.push_back(*sample);
        } else {
            answer.series.rejections.push_back(Rejection::time_out);
        }
    }
    ++question_->round;
    question_->due += to_nanoseconds(question_->ask.spacing);
    if (more) return;
    const auto answers = std::exchange(question_, {})->answers;
    perform(agent_->answered(answers, moment()));
}

void AgentWorld::perform(std::vector<AgentEffect> effects) {
    for (AgentEffect& effect : effects) {
        std::vector<AgentEffect> more;
        if (const auto* names = std::get_if<app::effect::Resolve>(&effect)) {
            more = agent_->resolved(resolve(names->whom), moment());
        } else if (std::holds_alternative<app::effect::Look>(effect)) {
            ++looks;
            more = agent_->saw(look(), moment());
        } else if (const auto* question = std::get_if<app::effect::Ask>(&effect)) {
            begin_question(*question);
            ask_on();
        } else if (std::holds_alternative<app::effect::Decide>(effect)) {
            ++decisions;
            more = agent_->decided(decide ? decide(*this) : app::Decided{}, moment());
        } else if (std::holds_alternative<app::effect::Apply>(effect)) {
            ++applied;
            remembered_at_apply = agent_->memory().done.replaced;
            more = agent_->applied(apply_outcome, "so it came out", moment());
        } else if (std::holds_alternative<app::effect::RestartDaemon>(effect)) {
            ++restarts;
            more = agent_->restarted({}, moment());
        } else if (const auto* away = std::get_if<app::effect::Exclude>(&effect)) {
            excluded.push_back(away->replaced);
        } else if (const auto* tell = std::get_if<app::effect::Tell>(&effect)) {
            for (const AlertNotice& notice : tell->notices) {
                const Alert& alert = notice.alert;
                told.push_back(alert.rule +
                               (alert.subject.empty() ? " " : " " + alert.subject + " ") +
                               std::string(to_string(alert.state)));
            }
        } else if (const auto* week = std::get_if<app::effect::SumUp>(&effect)) {
            weeks.push_back(*week);
        } else if (auto* rows = std::get_if<app::effect::Remember>(&effect)) {
            std::ranges::move(rows->rows, std::back_inserter(records));
        }
        perform(std::move(more));
    }
}

std::vector<EventRow> AgentWorld::events(const std::string& kind) const {
    std::vector<EventRow> out;
    for (const Record& record : records) {
        const auto* event = std::get_if<EventRow>(&record);
        if (event != nullptr && (kind.empty() || event->kind == kind)) out.push_back(*event);
    }
    return out;
}

std::vector<std::string> AgentWorld::run_outcomes() const {
    std::vector<std::string> out;
    for (const Record& record : records) {
        if (const auto* run = std::get_if<RunRow>(&record)) out.push_back(run->outcome);
    }
    return out;
}

std::vector<std::string> AgentWorld::said(const std::string& word) const {
    std::vector<std::string> out;
    for (const EventRow& event : events()) {
        if (event.text.contains(word)) out.push_back(event.text);
    }
    return out;
}

}  // namespace clockwright::worlds
