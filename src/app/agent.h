/// The agent as a machine: events and the moment in, effects out. It never waits and reads no
/// clock.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/agent_memory.h"
#include "app/config.h"
#include "app/watch_list.h"
#include "publish/snapshot.h"
#include "result.h"
#include "system/log.h"
#include "time/leap_table.h"
#include "watch/alert_book.h"
#include "watch/clock_ledger.h"
#include "watch/clock_watch.h"
#include "watch/fact.h"
#include "watch/record.h"
#include "watch/replacement.h"
#include "watch/watchdog.h"

namespace clockwright::app {

/// What seldom changes on this host.
struct HostSetting {
    std::vector<Candidate> sources;  ///< the daemon's, `hosts` and `agent.watch`; without series
    bool serves_time = false;
    bool dropin = false;  ///< our file is there
    std::vector<Silence> silences;
    std::optional<LeapTable> leaps;        ///< read anew each hour; empty: as it was
    std::optional<AgentMemory> service;    ///< what was decided for an agent without the rights
    std::shared_ptr<const RtcReport> rtc;  ///< null: not looked at this time
    std::vector<Alert> notices;            ///< of changes that other runs made, each once
    std::string clocksource;  ///< what the kernel counts time by; empty: it does not tell
    std::optional<bool> kernel_unsynchronised;  ///< empty: it cannot be asked
    std::optional<Ppm> rate_trend;              ///< by the record, in 30 days
    std::optional<bool> window_open;            ///< of changes; empty: there is none
};

/// What one look at this host told.
struct Sight {
    StatusReport status;  ///< the daemon, its verdict, the journal's remarks
    DaemonLife life;
    std::optional<HostSetting> setting;  ///< empty: as it was
};

/// What a scan and its decision came to.
struct Decided {
    RunRow run;
    std::optional<Proposal> plan;  ///< a change is due
    ReplacementQuestion question;  ///< of the plan, as the scan answers it
    std::string fault;             ///< it could not be made at all
    bool asked = false;  ///< a unit with the rights was asked to decide; HostSetting::service tells
};

namespace effect {
struct Look {};   ///< at this host → `saw`
struct Resolve {  ///< names → `resolved`
    std::vector<Candidate> whom;
};
struct Ask {  ///< → `answered`, when all have
    std::vector<Question> questions;
    Seconds spacing{1};  ///< between the packets to one server
};
struct Decide {};  ///< scan, judge, plan → `decided`
struct Apply {     ///< this plan, now → `applied`
    std::string id;
};
struct RestartDaemon {};
/// Keep it from being chosen until then.
struct Exclude {
    Replaced replaced;
};
struct Remember {
    std::vector<Record> rows;
};
struct Tell {  ///< people, by every channel
    std::vector<AlertNotice> notices;
};
struct Say {  ///< into the log
    system::LogLevel level = system::LogLevel::info;
    std::string text;
};
/// A week is over: people are told what it was like.
struct SumUp {
    WallTime from, to;
    std::vector<std::string> servers;  ///< as written
};
struct Show {};  ///< the snapshot is new
}  // namespace effect

using AgentEffect =
    std::variant<effect::Look, effect::Resolve, effect::Ask, effect::Decide, effect::Apply,
                 effect::RestartDaemon, effect::Exclude, effect::Remember, effect::Tell,
                 effect::Say, effect::SumUp, effect::Show>;

/// How the modes differ, from the configuration.
struct AgentPace {
    Seconds cycle{64};    ///< this host is looked at, and those are asked whose turn it is
    int judged_each = 1;  ///< so many cycles make one judgement, with its alerts and its snapshot
    WatchRates rates;
    Seconds decide{6 * 3600.0};  ///< between two scans; the first comes after a splay of it
};
AgentPace pace_of(const Config::Agent& agent);

class Agent {
  public:
    /// `splay`: 0–1, of this host: when within its first interval it scans.
    Agent(Config config, AgentMemory memory, LeapTable leaps, double splay, const Moment& began);
    /// What the alerts were before a restart.
    void restore(AlertBook::Entries entries) { book_.restore(std::move(entries)); }

    std::vector<AgentEffect> wake(const Moment& moment);
    /// The kernel says that the wall clock was set, or that this host woke up.
    std::vector<AgentEffect> clock_was_set(const Moment& moment);
    std::vector<AgentEffect> saw(Result<Sight> sight, const Moment& moment);
    /// One for each name, with its address or why there is none.
    std::vector<AgentEffect> resolved(const std::vector<Answer>& answers, const Moment& moment);
    std::vector<AgentEffect> answered(const std::vector<Answer>& answers, const Moment& moment);
    std::vector<AgentEffect> decided(const Decided& decided, const Moment& moment);
    /// `outcome`: "applied", "rolled_back", …
    std::vector<AgentEffect> applied(const std::string& outcome, const std::string& reason,
                                     const Moment& moment);
    std::vector<AgentEffect> restarted(const Result<void>& done, const Moment& moment);
    /// The record could not be written, or can again (empty).
    std::vector<AgentEffect> record_is(const std::string& fault, std::uint64_t waiting);
    std::vector<AgentEffect> reload(Config config, const Moment& moment);
    std::vector<AgentEffect> stop(const Moment& moment);

    SteadyTime next_wake() const;
    const Snapshot& snapshot() const { return snapshot_; }
    const AgentMemory& memory() const { return memory_; }
    const AlertBook& alerts() const { return book_; }

  private:
    void notice_clock(const Moment& moment);
    bool is_leap(Seconds moved, const Now& now) const;
    void doubt_what_was_told();
    void hear_quorum(const Now& now);
    void tell_quorum(const Now& now);
    void begin_cycle(const Now& now);
    int packets_until_judged() const;
    void ask_who_is_due(const Now& now, Seconds early = Seconds{0});
    void ask_for_this_cycle(const Now& now);
    void conclude_when_all_is_in(const Now& now);
    SteadyTime between_cycles() const;
    void take(Sight sight, const Now& now);
    void not_seen(std::string why);
    void conclude(const Now& now);
    void note_blame(Blame blame, const Now& now);
    void note_clock(const Consensus& consensus, const Now& now);
    void note_rtc(std::shared_ptr<const RtcReport> rtc, const Now& now);
    void watch_daemon(const Now& now);
    void raise_alerts(const std::vector<Fact>& facts, const Now& now);
    void may_decide(const Now& now);
    void window_opens(const Now& now);
    void consider(const Decided& decided, const Now& now);
    void look_for_decision(const Now& now);
    void sum_up(const Now& now);
    void tell_event(Alert notice, std::string kind, const Now& now);
    ReplacementQuestion question_of(const Decided& decided, const Now& now) const;
    int went_bad(const Now& now) const;
    void fill_snapshot(const Now& now, Judged judged);
    ClockRow clock_row(const Now& now, const Consensus& consensus) const;
    void event(const Now& now, std::string kind, std::string subject, std::string text,
               std::optional<Seconds> size = {});
    void say(system::LogLevel level, std::string text);
    void remember();
    std::vector<AgentEffect> take_effects();
    std::vector<AgentEffect> take_all();  ///< and what is to be remembered, now

    Config config_;
    AgentPace pace_;
    AgentMemory memory_;
    LeapTable leaps_;
    double splay_;
    ClockWatch clock_;
    ClockLedger ledger_;
    WatchList watched_;
    Watchdog watchdog_;
    std::vector<Rule> rules_;
    AlertBook book_;
    Snapshot snapshot_;
    DaemonLife life_{.looked = false};
    std::optional<HostSetting> setting_;  ///< empty: the first look is not over
    std::vector<Record> rows_;
    std::vector<AgentEffect> effects_;
    SteadyTime next_cycle_, next_decision_;
    std::optional<SteadyTime> deadline_;  ///< of the cycle under way
    bool held_up_ = false;                ///< its questions wait for answers to earlier ones
    bool list_is_old_ = true;             ///< no look has told since a configuration was read
    std::uint64_t cycles_ = 0;
    bool dropin_missing_ = false;
    bool resolving_ = false, asking_ = false, deciding_ = false;
    std::optional<SteadyTime> looking_;    ///< since then
    std::optional<SteadyTime> looked_at_;  ///< the last look began
    std::optional<RunRow> applying_;       ///< the run whose plan is being applied
    std::vector<Replaced> replacing_;      ///< by that plan
    std::optional<Now> asked_for_;         ///< since then another's decision is awaited
    std::optional<SteadyTime> daemon_answered_;
    /// This clock was set after the last update that the daemon had told.
    struct SetClock {
        WallTime update;
        Seconds by{};
    };
    std::optional<SetClock> set_;
    /// What the servers that we ask agreed on when they were judged last.
    struct Quorum {
        QuorumBound bound;
        SteadyTime at;
    };
    std::optional<Quorum> quorum_;
    /// This host slept, or its clock was set, at that time: what was asked before says nothing.
    SteadyTime asked_after_{};
};

}  // namespace clockwright::app
