// What the agent does about changes: when it scans, what it proposes, what it applies by itself.
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "app/agent.h"
#include "publish/change_notice.h"
#include "publish/week_summary.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::hours bad_long_enough{1};
constexpr Seconds longest_wait_in_window{300};
constexpr auto longest_decision = 15min;  // a scan, a change, and its proof by the slowest daemon

}  // namespace

/// Once and at once: it neither waits as a rule does nor comes to an end.
void Agent::tell_event(Alert notice, std::string kind, const Now& now) {
    const auto silences =
        setting_ ? std::span<const Silence>(setting_->silences) : std::span<const Silence>();
    if (silence_of(silences, notice, now.wall) != nullptr) {
        event(now, std::move(kind), {}, std::move(notice.text));
        return;
    }
    rows_.emplace_back(EventRow{now.wall, std::move(kind), {}, notice.text, {}});
    effects_.emplace_back(effect::Tell{{{std::move(notice), NoticeKind::began}}});
}

/// By a clock that is known to be right, or a jump would end a week. What ended before the agent
/// first ran is not told.
void Agent::sum_up(const Now& now) {
    if (!snapshot_.status.verdict.demonstrated) return;
    const WallTime end = week_ends(now.wall);
    const auto last = std::exchange(memory_.summed_up, end);
    if (!last || *last >= end) return;
    std::vector<std::string> servers;
    for (const Watched& server : watched_.servers()) {
        const std::string& name = server.candidate.source.as_written;  // of a pool: all members
        if (std::ranges::find(servers, name) == servers.end()) servers.push_back(name);
    }
    effects_.emplace_back(effect::SumUp{end - std::chrono::weeks{1}, end, std::move(servers)});
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
    const auto two_judgements = to_nanoseconds(2 * pace_.cycle * pace_.judged_each);
    const bool member_is_bad = std::ranges::any_of(watched_.servers(), [&](const Watched& server) {
        return server.by_daemon && server.bad_since &&
               now.steady - *server.bad_since >= bad_long_enough &&
               now.steady - *server.bad_since < bad_long_enough + two_judgements;
    });
    const bool before_its_time =
        member_is_bad && (!memory_.decided || now.wall - *memory_.decided > bad_long_enough ||
                          *memory_.decided > now.wall);
    if (config_.agent.apply == "off" || (now.steady < next_decision_ && !before_its_time)) return;
    deciding_ = true;
    next_decision_ = now.steady + to_nanoseconds(pace_.decide);
    effects_.emplace_back(effect::Decide{});
}

/// What waits for it is decided anew, for it rests on an older scan. Not by all hosts at once.
void Agent::window_opens(const Now& now) {
    if (config_.agent.apply != "auto" || !memory_.proposal) return;
    next_decision_ =
        std::min(next_decision_, now.steady + to_nanoseconds(splay_ * longest_wait_in_window));
}

std::vector<AgentEffect> Agent::decided(const Decided& decided, const Moment& moment) {
    notice_clock(moment);
    const Now& now = moment.now;
    memory_.decided = now.wall;
    if (decided.asked) {
        asked_for_ = now;
        return take_all();
    }
    deciding_ = false;
    if (!decided.fault.empty()) {
        event(now, "agent", {}, "no decision could be made: " + decided.fault);
    } else if (decided.plan) {
        consider(decided, now);
    } else {
        if (memory_.proposal) event(now, "plan", {}, "the proposed change is no longer due");
        memory_.proposal.reset();
        RunRow run = decided.run;
        if (run.outcome.empty()) run.outcome = "nothing to change";
        rows_.emplace_back(std::move(run));
    }
    return take_all();
}

ReplacementQuestion Agent::question_of(const Decided& decided, const Now& now) const {
    ReplacementQuestion question = decided.question;
    question.plan = decided.plan->id;
    question.remove = decided.plan->remove;
    question.went_bad = went_bad(now);
    question.majority = snapshot_.scan.consensus.majority;
    question.bound_known = snapshot_.status.verdict.demonstrated;
    question.serves_time = setting_ && setting_->serves_time;
    const auto leap = leaps_.leap_within(now.wall, 48h);
    if (const auto near = leap ? leap : leaps_.untold_within(now.wall, 48h))
        question.to_leap = Seconds(*near - now.wall);
    return question;
}

/// A plan is due: it is applied where it may be, else proposed.
void Agent::consider(const Decided& decided, const Now& now) {
    const Proposal& plan = *decided.plan;
    const bool by_itself = config_.agent.apply == "auto";
    const std::string why_not = why_not_replace(question_of(decided, now), memory_.done, now.wall);
    const bool is_new = !memory_.proposal || memory_.proposal->id != plan.id;
    memory_.proposal = plan;
    RunRow run = decided.run;
    run.plan = plan.id;
    if (by_itself && why_not.empty()) {
        applying_ = std::move(run);
        // Before it is done: whoever comes after a crash knows of it.
        for (const std::string& server : plan.remove)
            replacing_.push_back(replace(memory_.done.replaced, server, now.wall));
        effects_.emplace_back(effect::Apply{plan.id});
        return;
    }
    run.outcome = "proposed";
    if (by_itself) run.reason += "; not by itself: " + why_not;
    rows_.emplace_back(std::move(run));
    if (is_new) tell_event(proposal_notice(plan), "plan", now);
}

std::vector<AgentEffect> Agent::applied(const std::string& outcome, const std::string& reason,
                                        const Moment& moment) {
    notice_clock(moment);
    const Now& now = moment.now;
    if (!applying_ || !memory_.proposal) return take_all();
    applying_->outcome = outcome;
    rows_.emplace_back(std::move(*applying_));
    applying_.reset();
    const std::string id = memory_.proposal->id;
    event(now, "plan", {}, fmt::format("plan {}: {}; {}", id, outcome, reason));
    const bool refused = outcome == "refused";
    if (!refused) memory_.proposal.reset();
    for (Replaced& one : std::exchange(replacing_, {})) {
        if (outcome == "applied")
            effects_.emplace_back(effect::Exclude{std::move(one)});
        else
            std::erase(memory_.done.replaced, one);
    }
    if (outcome != "applied" && !refused) did_not_hold(memory_.done.not_held, id, now.wall);
    return take_all();
}

/// Has the unit that was asked decided since?
void Agent::look_for_decision(const Now& now) {
    if (!asked_for_) return;
    const std::optional<AgentMemory>& made = setting_->service;
    if (made && made->decided && *made->decided > asked_for_->wall) {
        RunRow run;
        run.at = *made->decided;
        run.outcome = made->outcome;
        run.reason = made->reason;
        if (made->proposal) run.plan = made->proposal->id;
        rows_.emplace_back(std::move(run));
        event(now, "plan", {},
              fmt::format("decided for the agent: {}; {}", made->outcome, made->reason));
        if (made->proposal && (!memory_.proposal || memory_.proposal->id != made->proposal->id))
            tell_event(proposal_notice(*made->proposal), "plan", now);
        memory_.proposal = made->proposal;
        memory_.done = made->done;
    } else if (now.steady - asked_for_->steady > longest_decision) {
        event(now, "agent", {},
              "no decision was made for the agent: systemctl status clockwright-wish.path");
    } else {
        return;
    }
    asked_for_.reset();
    deciding_ = false;
}

}  // namespace clockwright::app
