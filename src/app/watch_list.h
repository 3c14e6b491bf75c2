/// The servers the agent watches: the daemon's own, which it polls, and those we ask ourselves.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "app/judgement.h"
#include "judge/candidate.h"
#include "judge/quorum_bound.h"
#include "ntp/steady_pace.h"
#include "publish/snapshot.h"
#include "watch/blame.h"
#include "watch/poll_register.h"
#include "watch/record.h"
#include "watch/server_watch.h"

namespace clockwright::app {

/// 64 s between two packets to a public address, with a margin for what delays a send.
inline constexpr Seconds least_rest_of_strangers{65};

/// How often servers are asked by us.
struct WatchRates {
    Seconds near{64};                            ///< loopback and private ones
    Seconds strangers{least_rest_of_strangers};  ///< public ones
    Seconds keyed{600};  ///< by NTS, when nothing was heard lately: each time keys are exchanged
    Seconds start{0};    ///< who is known to be a stranger is asked so long after it was added
};

/// Packets to a server, one after each of its rests.
struct Question {
    Candidate whom;
    int packets = 1;
};

/// What became of one question to a server.
struct Answer {
    std::string host;  ///< as written
    std::optional<IpAddress> address;
    Series series;
    std::optional<NtsReport> nts;
    std::optional<Rejection> not_asked;
    std::string why;
    bool refused = false;  ///< the rate budget did not let it go: no poll
};

/// One server over time.
struct Watched {
    Candidate candidate;  ///< without its series
    /// What facts, verdicts and events call it: as written; a pool's members have their address
    /// too.
    std::string subject;
    ServerWatch watch;
    bool by_daemon = false;
    std::optional<DaemonSource> source;  ///< as the daemon saw it last
    PollRegister polls;                  ///< of the daemon's
    SteadyTime added, due;               ///< `due`: the next question of ours
    std::optional<SteadyTime> asked;     ///< by us: the last packet, which may leave only then
    ntp::SteadyPace pace;                ///< of ours
    SteadyTime resolve_due;              ///< of a name without an address
    SteadyTime resolved_at;              ///< its name, the last time that gave an address
    std::optional<SteadyTime> heard;     ///< its last valid answer
    std::optional<SteadyTime> compared;  ///< the sample that was compared last
    std::optional<WallTime> heard_wall;
    Verdict verdict = Verdict::unreachable;
    std::string reason;
    WallTime since;             ///< it has this verdict since then; the epoch: never judged
    std::optional<bool> wrong;  ///< a majority of the others says so; empty: nobody can tell
    std::optional<ServerChange> changed;
    std::optional<SteadyTime> bad_since;  ///< wrong or silent, without a break
    std::deque<SteadyTime> forged;        ///< answers with a bogus origin within an hour
    bool was_authenticated = false;
    bool own_clock = false;  ///< it serves that, without a reference
    bool votes = false;      ///< it was judged the last time, and not as another's twin
    Seconds distance{};

    /// Of a server that the daemon has, too, and that is not asked by us as well: what is known of
    /// it is old.
    bool is_twin() const { return !by_daemon && due == SteadyTime::max(); }
    /// A name that is not resolved yet may be anybody's.
    bool is_stranger() const { return !candidate.address || candidate.address->is_public(); }
    /// Eight polls on end are lost.
    bool is_gone() const { return watch.polls() >= 8 && watch.reach() == 0; }
};

/// One of the daemon's sources, which it polls itself.
bool is_daemons(const Candidate& candidate);

class WatchList {
  public:
    explicit WatchList(WatchRates rates = {}) : rates_(rates) {}

    /// Whom there is to watch; who is gone is forgotten, who is new begins. A server of the daemon
    /// is not asked by us as well.
    void is(const std::vector<Candidate>& candidates, const Now& now);

    /// The daemon's own polls since the last look. Rows of what is new.
    void take(const DaemonState& state, const Now& now, std::vector<Record>& rows);

    /// Whose names to resolve now, a few at a time; each again after a minute. One whose server was
    /// silent for eight polls is resolved anew, that of a stranger once an hour at most.
    std::vector<Candidate> unresolved(const Now& now);
    /// When the next name is to be resolved; empty: all are.
    std::optional<SteadyTime> next_name() const;
    /// What became of them: an address, or why there is none.
    void resolved(const std::vector<Answer>& answers, const Now& now, std::vector<Record>& rows);

    /// Whom to ask now; each is asked again after its rate, answer or not, and later where it sent
    /// a kiss or is a silent stranger (an hour at most while nobody answers). Who has no address
    /// yet waits for it, so that a slow name server holds up nobody else; NTS asks by the name.
    /// Who is asked at the rate of the near gets `packets` at that rate, everybody else one. Who
    /// falls due within `early` is asked now, but no stranger before 65 s are over.
    std::vector<Question> due(const Now& now, int packets = 1, Seconds early = Seconds{0});
    void answered(const std::vector<Answer>& answers, const Now& now, std::vector<Record>& rows);
    /// When somebody falls due who cannot wait for the next round of questions at the rate of the
    /// near: one comes just before, and with the one after it his rest would be nearly twice as
    /// long.
    std::optional<SteadyTime> due_between() const;

    /// Candidates with their polls of the last eight cycles, for `judge`.
    std::vector<Candidate> candidates(const Now& now, Seconds cycle) const;

    /// What was judged. Rows of verdicts and changes.
    void judged(const Judged& judged, const Now& now, std::vector<Record>& rows);

    /// Of those with a vote that we ask: the daemon tells of its own less than a bound needs.
    std::vector<NewestAnswer> newest_answers() const;
    /// One of them that smears leap seconds; empty: none is known to.
    std::string smearing_vote() const;

    void clock_moved(Seconds size);
    /// From now on; who waits by a slower rate waits by the new one.
    void keep_rates(WatchRates rates);

    const std::vector<Watched>& servers() const { return servers_; }
    std::vector<Witness> witnesses(const Now& now) const;
    std::vector<WatchedServer> view() const;

  private:
    Watched* find(const std::string& host, const std::optional<IpAddress>& address, bool by_daemon);
    Watched* judged_as(const Candidate& candidate);
    int silent_at_the_end(const Watched& server, const Series& series) const;
    Seconds rate_of(const Watched& server) const;
    Seconds rest_of(const Watched& server) const;
    Seconds pace_of(const Watched& server) const;
    SteadyTime first_due(const Watched& server) const;
    SteadyTime due_of(const Watched& server, bool silence) const;
    SteadyTime askable(const Watched& server, bool silence, Seconds early) const;
    void name_members();
    void slow_down(Watched& server, std::uint32_t kiss) const;
    bool may_be_left_for_a_day(const Watched& server) const;
    bool nobody_answers() const;
    void ask_the_silent(const Now& now);
    static void heard(Watched& server, const std::vector<Sample>& samples, const Now& now,
                      std::vector<Record>& rows);
    void take_series(Watched& server, const Answer& answer, const Now& now,
                     std::vector<Record>& rows) const;
    static void miss(Watched& server, const Answer& answer, const Now& now,
                     std::vector<Record>& rows);
    void lost(Watched& server, const Answer& answer, const Now& now,
              std::vector<Record>& rows) const;

    WatchRates rates_;
    std::optional<SteadyTime> silence_ended_;
    std::vector<Watched> servers_;
};

}  // namespace clockwright::app
