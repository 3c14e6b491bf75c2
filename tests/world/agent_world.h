/// A host in virtual time for the agent: servers on a network, a time daemon that steers the clock,
/// and whatever a scenario does to them. A week passes in a second.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "app/agent.h"

namespace clockwright::worlds {

/// A server as this host's network shows it; a scenario changes it at any time.
struct NetServer {
    std::string name;
    std::string address;
    bool by_daemon = true;  ///< the daemon's source; else one of `agent.watch`
    Seconds error{0};       ///< its clock less true time
    Seconds out{0.005}, back{0.005};
    Seconds jitter{50e-6};
    bool answers = true;
    Leap leap = Leap::none;
    int stratum = 2;
    std::uint32_t refid = 0;
    Seconds root_dispersion{0.0005};
    // The daemon's view of it.
    std::uint8_t reach = 0;
    Seconds offset{0};
    SteadyTime polled{};
};

class AgentWorld {
  public:
    explicit AgentWorld(app::Config config = {}, std::uint64_t seed = 1);

    NetServer& server(const std::string& name);
    /// What happens after `after` of the run, once.
    void at(std::chrono::nanoseconds after, std::function<void(AgentWorld&)> what);
    void start_at(WallTime true_time) { true_time_ = daemon_set_ = true_time; }
    void run(std::chrono::nanoseconds span);
    /// Another agent of the same host takes over, with what the first remembered.
    void restart_agent();

    /// This clock jumps: somebody set it.
    void set_clock(Seconds by);
    void sleep(std::chrono::nanoseconds span);
    /// UTC has one more second, and the kernel sets this clock back by it.
    void leap();
    /// The machine below stands still, and nothing on this host notices.
    void pause(std::chrono::nanoseconds span);

    /// Rules told as firing or resolved, in order: "server_wrong ntp2 firing".
    std::vector<std::string> told;
    std::vector<EventRow> events(const std::string& kind = {}) const;
    std::vector<std::string> run_outcomes() const;
    std::vector<std::string> said(const std::string& word) const;
    app::Agent& agent() { return *agent_; }
    Now now() const;

    std::vector<NetServer> servers;
    bool network = true, daemon_runs = true, daemon_disciplines = true;
    bool has_no_daemon = false;     ///< none is set up either
    bool daemon_is_closed = false;  ///< to the agent's user, who cannot tell then why it is silent
    bool serves_time = false;
    std::string clocksource = "tsc";
    bool kernel_unsynchronised = false;
    std::optional<Ppm> rate_trend;  ///< as the record would show it
    std::vector<Silence> silences;
    std::vector<Alert> notices;  ///< what the next whole look finds left by other runs, once
    std::shared_ptr<const RtcReport> rtc;  ///< what the next whole look finds of it, once
    bool names_are_unknown = false;        ///< until somebody was asked
    Seconds clock_error{0};                ///< this clock less true time
    Ppm drift{3};                          ///< of this clock, undisciplined
    Seconds wakes_late{0};                 ///< the agent, by up to this, now more and now less
    std::vector<Record> records;
    std::vector<app::effect::SumUp> weeks;
    std::map<std::string, int> asked;  ///< by server: probes of ours
    int looks = 0, decisions = 0, restarts = 0, applied = 0;
    std::function<app::Decided(AgentWorld&)> decide;
    std::string apply_outcome = "applied";
    std::optional<LeapTable> leaps;           ///< a newer table, found by the next look
    std::optional<app::AgentMemory> service;  ///< what another decided for the agent
    std::vector<Replaced> excluded;
    std::optional<bool> window_open;            ///< of changes
    std::vector<Replaced> remembered_at_apply;  ///< what was known to be replaced then

  private:
    Moment moment() const;
    void perform(std::vector<app::AgentEffect> effects);
    app::Sight look();
    std::vector<app::Answer> resolve(const std::vector<Candidate>& whom) const;
    void begin_question(const app::effect::Ask& ask);
    void ask_on();
    std::optional<Sample> probe(const NetServer& server);
    Candidate candidate_of(const NetServer& server) const;
    void daemon_polls();
    void wake();
    void pass(std::chrono::nanoseconds span);
    void slew(Seconds by);

    /// What the agent asks for, until all of it is answered.
    struct Question {
        app::effect::Ask ask;
        std::vector<app::Answer> answers;
        SteadyTime due;
        int round = 0;
    };

    app::Config config_;
    std::optional<Question> question_;
    std::mt19937_64 random_;
    SteadyTime steady_{std::chrono::hours{1}};
    WallTime true_time_;
    Seconds slept_{0};
    SteadyTime daemon_due_;
    WallTime daemon_set_;
    std::optional<app::Agent> agent_;
    std::multimap<SteadyTime, std::function<void(AgentWorld&)>> script_;
    SteadyTime began_;
    std::minstd_rand lateness_;
    std::chrono::nanoseconds late_{0};  ///< the next wake
};

}  // namespace clockwright::worlds
