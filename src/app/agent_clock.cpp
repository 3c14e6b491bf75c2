/// What the agent notices of this host's clocks.
#include <algorithm>
#include <cmath>
#include <utility>

#include "app/agent.h"
#include "time/spell.h"
#include "watch/rtc_record.h"

namespace clockwright::app {
namespace {

/// The daemon that tells no bound may follow other servers, and slews the clock to them.
Ppm drift_of(const Snapshot& snapshot) {
    return snapshot.status.facts.no_daemon ? undisciplined : slewing;
}

}  // namespace

void Agent::notice_clock(const Moment& moment) {
    const Now& now = moment.now;
    const ClockMove move = clock_.look(moment);
    // Judged at once, however lazy the mode.
    if (move.slept || move.stepped) next_cycle_ = std::min(next_cycle_, now.steady);
    if (move.slept) {
        ledger_.slept(now.steady);
        book_.be_quiet_until(now.steady + to_nanoseconds(quiet_after_start));
        event(now, "suspend", {}, "this host was suspended for " + spell_age(*move.slept),
              move.slept);
    }
    if (move.slept || move.stepped) {
        asked_after_ = now.steady;
        if (std::exchange(quorum_, {})) {
            tell_quorum(now);
            effects_.emplace_back(effect::Show{});
        }
    }
    if (!move.stepped) return;
    if (is_leap(*move.stepped, now)) {
        event(now, "leap", {}, "a leap second: the kernel moved this clock as all others were",
              move.stepped);
        return;
    }
    watched_.clock_moved(*move.stepped);
    if (const auto& state = snapshot_.status.facts.state) {
        const WallTime update = state->tracking.reference_time;
        if (!set_ || set_->update != update) set_ = SetClock{update, {}};
        set_->by += *move.stepped;
        doubt_what_was_told();
    }
    event(now, "step", {}, ledger_.stepped(now, *move.stepped), move.stepped);
}

/// The kernel's own second, by which the servers' time was moved as well: nobody set this clock.
bool Agent::is_leap(Seconds moved, const Now& now) const {
    constexpr Seconds slack{0.02};
    constexpr std::chrono::minutes near{5};
    const bool a_second = std::abs(std::abs(moved.count()) - 1) < slack.count();
    return a_second && leaps_.leap_within(now.wall, near).has_value();
}

/// Until the daemon tells another update. When it set the clock itself it has told one with that;
/// one that tells no updates demonstrates nothing anyway.
void Agent::doubt_what_was_told() {
    ClockFacts& facts = snapshot_.status.facts;
    if (!set_ || !facts.state) return;
    if (facts.state->tracking.reference_time != set_->update || set_->update == WallTime{}) {
        set_.reset();
        return;
    }
    facts.set_since = set_->by;
    snapshot_.status.verdict = judge_clock(facts);
}

/// What a clock without a daemon, or with one that tells no bound, is known by.
void Agent::hear_quorum(const Now& now) {
    const auto& state = snapshot_.status.facts.state;
    const bool told = state && state->tracking.bound_known;
    std::vector<NewestAnswer> answers;
    if (!told) answers = watched_.newest_answers();
    // A sleep counts in nobody's age, and a question that a step overtook is wrong by it.
    std::erase_if(answers, [&](const NewestAnswer& answer) {
        return answer.sample.at - to_nanoseconds(answer.sample.delay) < asked_after_;
    });
    const auto bound = quorum_bound(answers, now.steady, drift_of(snapshot_));
    quorum_ = bound ? std::optional(Quorum{*bound, now.steady}) : std::nullopt;
    tell_quorum(now);
}

void Agent::tell_quorum(const Now& now) {
    ClockFacts& facts = snapshot_.status.facts;
    if (!quorum_ && !facts.quorum) return;
    facts.quorum.reset();
    if (quorum_)
        facts.quorum = QuorumWord{quorum_->bound, now.steady - quorum_->at, drift_of(snapshot_),
                                  watched_.smearing_vote()};
    snapshot_.status.verdict = judge_clock(facts);
}

std::vector<AgentEffect> Agent::clock_was_set(const Moment& moment) {
    notice_clock(moment);
    return take_all();
}

void Agent::note_clock(const Consensus& consensus, const Now& now) {
    const ClockFacts& facts = snapshot_.status.facts;
    LedgerLook look{.clocksource = setting_ ? setting_->clocksource : std::string{},
                    .hands = facts.hands,
                    .frequency = std::nullopt,
                    .quorum = std::nullopt};
    if (facts.state && facts.state->tracking.synchronised())
        look.frequency = facts.state->tracking.frequency;
    if (consensus.majority) look.quorum.emplace(consensus.offset, consensus.bound);
    for (LedgerEntry& entry : ledger_.look(now, look))
        event(now, std::move(entry.kind), {}, std::move(entry.text), entry.size);
}

void Agent::note_rtc(std::shared_ptr<const RtcReport> rtc, const Now& now) {
    const auto& reading = rtc->facts.reading;
    EventRow row{now.wall, std::string(rtc_event), {}, {}, {}};
    if (rtc->facts.kernel_writes) {
        row.text = "the kernel writes the hardware clock: nothing was compared";
        rows_.emplace_back(std::move(row));
    } else if (reading && rtc->facts.clock_demonstrated) {
        row.text = "the hardware clock was compared: " + spell_signed(reading->offset());
        row.size = reading->offset();
        rows_.emplace_back(std::move(row));
    }
    snapshot_.rtc = std::move(rtc);
}

ClockRow Agent::clock_row(const Now& now, const Consensus& consensus) const {
    const ClockVerdict& verdict = snapshot_.status.verdict;
    ClockRow row;
    row.at = now.wall;
    row.daemon = snapshot_.status.daemon_word();
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

}  // namespace clockwright::app
