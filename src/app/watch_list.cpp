#include "app/watch_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "app/daemon_polls.h"
#include "app/watched_rows.h"
#include "time/spell.h"
#include "watch/rule.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

constexpr auto remembered_answer = 24h * 7;
constexpr auto name_rest = 1h;  // of a stranger, that it need not show all who stand behind it
constexpr auto names_again = 60s;
constexpr std::size_t names_at_once = 64;
constexpr std::size_t most_forged = 100;  // to count, of one server

void count_forged(Watched& server, const Series& series, const Now& now) {
    std::deque<SteadyTime>& forged = server.forged;
    while (!forged.empty() && now.steady - forged.front() > 1h) forged.pop_front();
    for (const Rejection why : series.rejections)
        if (why == Rejection::bogus_origin && forged.size() < most_forged)
            forged.push_back(now.steady);
}

/// An nts:// host is resolved with each exchange of keys.
bool has_no_address(const Watched& server) {
    return !server.candidate.address && !server.candidate.source.host.nts;
}

/// Eight polls back. A daemon that is answered and takes none of the answers for good (it filters
/// them by delay) has older ones; three times as old is too old.
SteadyTime oldest_wanted(const Watched& server, const Now& now, Seconds interval) {
    const SteadyTime usual = now.steady - to_nanoseconds(8.5 * interval);
    if (!server.by_daemon || server.watch.reach() == 0 || !server.watch.last()) return usual;
    return std::min(
        usual, std::max(server.watch.last()->at, now.steady - to_nanoseconds(3 * 8.5 * interval)));
}

}  // namespace

bool is_daemons(const Candidate& candidate) {
    return candidate.source.origin.kind == Origin::Kind::daemon && candidate.address;
}

Watched* WatchList::find(const std::string& host, const std::optional<IpAddress>& address,
                         bool by_daemon) {
    const auto found = std::ranges::find_if(servers_, [&](const Watched& server) {
        return server.candidate.source.as_written == host && server.by_daemon == by_daemon &&
               (!by_daemon || server.candidate.address == address);
    });
    return found == servers_.end() ? nullptr : &*found;
}

void WatchList::is(const std::vector<Candidate>& candidates, const Now& now) {
    std::vector<Watched> kept;
    for (const Candidate& candidate : candidates) {
        const bool by_daemon = is_daemons(candidate);
        Watched* known = find(candidate.source.as_written, candidate.address, by_daemon);
        Watched server;
        if (known != nullptr) server = std::move(*known);
        const Candidate before = std::exchange(server.candidate, candidate);
        if (!server.candidate.address) server.candidate.address = before.address;
        server.candidate.series = {};
        // What the last question came to, until the next one.
        server.candidate.nts = before.nts;
        server.candidate.not_asked = before.not_asked;
        server.candidate.not_asked_why = before.not_asked_why;
        server.by_daemon = by_daemon;
        if (known == nullptr) {
            server.added = now.steady;
            server.due = first_due(server);
        }
        kept.push_back(std::move(server));
    }
    servers_ = std::move(kept);
    name_members();
    for (Watched& server : servers_) {
        if (server.by_daemon) continue;
        const bool twin = std::ranges::any_of(servers_, [&](const Watched& other) {
            return other.by_daemon && server.candidate.address &&
                   other.candidate.address == server.candidate.address;
        });
        if (twin) {
            server.due = SteadyTime::max();
        } else if (server.is_twin()) {
            server.due = now.steady;
        }
    }
}

void WatchList::name_members() {
    std::map<std::string_view, int> named;
    for (const Watched& server : servers_) ++named[server.candidate.source.as_written];
    for (Watched& server : servers_) {
        const std::string& name = server.candidate.source.as_written;
        const auto& address = server.candidate.address;
        const bool member = named[name] > 1 && address;
        server.subject = server_subject(name, member ? to_string(*address) : std::string{});
    }
}

void WatchList::take(const DaemonState& state, const Now& now, std::vector<Record>& rows) {
    const bool silence = nobody_answers();
    for (Watched& server : servers_) {
        if (!server.by_daemon) continue;
        const auto source = std::ranges::find_if(state.sources, [&](const DaemonSource& one) {
            return !one.refclock && one.address == server.candidate.address;
        });
        if (source == state.sources.end()) continue;
        take_polls(server, *source, traits_of(state.kind).counts_losses, now, rows);
    }
    if (silence && !nobody_answers()) ask_the_silent(now);
}

std::vector<Candidate> WatchList::unresolved(const Now& now) {
    std::vector<Candidate> names;
    for (Watched& server : servers_) {
        if (server.by_daemon || !has_no_address(server) || server.resolve_due > now.steady)
            continue;
        if (names.size() == names_at_once) break;
        names.push_back(server.candidate);
        server.resolve_due = now.steady + names_again;
    }
    return names;
}

std::optional<SteadyTime> WatchList::next_name() const {
    std::optional<SteadyTime> next;
    for (const Watched& server : servers_) {
        if (server.by_daemon || !has_no_address(server)) continue;
        next = std::min(next.value_or(server.resolve_due), server.resolve_due);
    }
    return next;
}

void WatchList::resolved(const std::vector<Answer>& answers, const Now& now,
                         std::vector<Record>& rows) {
    for (const Answer& answer : answers) {
        Watched* server = find(answer.host, {}, false);
        if (server == nullptr || server->candidate.address) continue;
        if (!answer.address) {
            lost(*server, answer, now, rows);
            continue;
        }
        server->candidate.address = answer.address;
        server->resolved_at = now.steady;
        // Another machine behind a silent name is asked no sooner than the one before.
        server->due =
            std::max(now.steady, server->asked ? *server->asked + to_nanoseconds(rest_of(*server))
                                               : first_due(*server));
    }
}

std::vector<Question> WatchList::due(const Now& now, int packets, Seconds early) {
    std::vector<Question> asked;
    asked.reserve(servers_.size());
    const bool silence = nobody_answers();
    for (Watched& server : servers_) {
        if (server.by_daemon || has_no_address(server) ||
            askable(server, silence, early) > now.steady)
            continue;
        const auto rest = to_nanoseconds(rest_of(server));
        const bool near = !server.is_stranger() && rest <= to_nanoseconds(rates_.near);
        asked.push_back({server.candidate, near ? packets : 1});
        server.asked = now.steady + (asked.back().packets - 1) * rest;
        server.due = *server.asked + rest;
    }
    return asked;
}

/// One packet without an answer.
void WatchList::miss(Watched& server, const Answer& answer, const Now& now,
                     std::vector<Record>& rows) {
    const Rejection why = answer.not_asked                   ? *answer.not_asked
                          : answer.series.rejections.empty() ? Rejection::time_out
                                                             : answer.series.rejections.back();
    server.watch.lost(now.steady, why);
    SampleRow row = row_of(server, now);
    row.lost = answer.why.empty() ? std::string(describe(why)) : answer.why;
    rows.emplace_back(std::move(row));
}

/// The last packet is one without an answer, or there was none.
void WatchList::lost(Watched& server, const Answer& answer, const Now& now,
                     std::vector<Record>& rows) const {
    server.candidate.not_asked = answer.not_asked;
    server.candidate.not_asked_why = answer.why;
    miss(server, answer, now, rows);
    if (answer.series.kiss != 0) server.watch.kissed(answer.series.kiss);
    if (answer.series.sent > 0) slow_down(server, answer.series.kiss);
    // The name may stand for another machine by now.
    if (!server.is_gone() || is_address_literal(server.candidate.source.host)) return;
    if (server.candidate.address && server.candidate.address->is_public())
        server.resolve_due = std::max(server.resolve_due, server.resolved_at + name_rest);
    server.candidate.address.reset();
}

void WatchList::heard(Watched& server, const std::vector<Sample>& samples, const Now& now,
                      std::vector<Record>& rows) {
    for (const Sample& sample : samples) {
        server.watch.answered(sample);
        server.pace.answered();
        server.was_authenticated |= sample.authenticated;
        rows.emplace_back(row_of(server, sample, now));
    }
    server.heard = samples.back().at;
    server.heard_wall = now.wall - (now.steady - *server.heard);
}

/// How many packets left after the last that was answered.
int WatchList::silent_at_the_end(const Watched& server, const Series& series) const {
    if (series.samples.empty() || !server.asked) return series.sent;
    const Seconds after = *server.asked - series.samples.back().at;
    return static_cast<int>(std::lround(std::max(0.0, after / rest_of(server))));
}

/// Each packet is a poll, in the order in which they left; one without an answer between two that
/// were answered counts as before them.
void WatchList::take_series(Watched& server, const Answer& answer, const Now& now,
                            std::vector<Record>& rows) const {
    const Series& series = answer.series;
    const int unanswered = std::max(0, series.sent - static_cast<int>(series.samples.size()));
    const int at_the_end = std::min(unanswered, silent_at_the_end(server, series));
    const auto rest = to_nanoseconds(rest_of(server));
    const auto packets_ago = [&](int packets) {
        return Now{now.wall - packets * rest, now.steady - packets * rest};
    };
    for (int i = 0; i < unanswered - at_the_end; ++i)
        miss(server, answer, packets_ago(series.sent - 1 - i), rows);
    if (!series.samples.empty()) heard(server, series.samples, now, rows);
    for (int i = at_the_end - 1; i > 0; --i) miss(server, answer, packets_ago(i), rows);
    if (at_the_end > 0 || series.samples.empty()) lost(server, answer, now, rows);
}

void WatchList::answered(const std::vector<Answer>& answers, const Now& now,
                         std::vector<Record>& rows) {
    const bool silence = nobody_answers();
    for (const Answer& answer : answers) {
        Watched* server = find(answer.host, {}, false);
        if (server == nullptr || answer.refused) continue;
        if (answer.address) server->candidate.address = answer.address;
        server->candidate.nts = answer.nts;
        server->candidate.not_asked.reset();
        server->candidate.not_asked_why.clear();
        count_forged(*server, answer.series, now);
        take_series(*server, answer, now, rows);
        // Only now is known who it is, and whether its keys are good.
        if (!server->is_twin())
            server->due = server->asked.value_or(now.steady) + to_nanoseconds(rest_of(*server));
    }
    if (silence && !nobody_answers()) ask_the_silent(now);
}

std::optional<SteadyTime> WatchList::due_between() const {
    std::optional<SteadyTime> next;
    const bool silence = nobody_answers();
    for (const Watched& server : servers_) {
        const Seconds rest = rest_of(server);
        const bool waits = rest <= rates_.near || rest >= 1.5 * rates_.near;
        if (waits || server.by_daemon || server.is_twin() || has_no_address(server)) continue;
        const SteadyTime at = askable(server, silence, Seconds{0});
        next = std::min(next.value_or(at), at);
    }
    return next;
}

std::vector<Candidate> WatchList::candidates(const Now& now, Seconds cycle) const {
    std::vector<Candidate> out;
    out.reserve(servers_.size());
    for (const Watched& server : servers_) {
        // A daemon may poll as slowly as it likes; what we ask comes at our own rate.
        const Seconds interval = server.by_daemon && server.source
                                     ? poll_interval(*server.source)
                                     : std::max(cycle, pace_of(server));
        Candidate candidate = server.candidate;
        candidate.series = server.watch.series(oldest_wanted(server, now, interval));
        out.push_back(std::move(candidate));
    }
    return out;
}

void WatchList::clock_moved(Seconds size) {
    for (Watched& server : servers_) server.watch.clock_moved(size);
}

std::vector<Witness> WatchList::witnesses(const Now& now) const {
    std::vector<Witness> out;
    out.reserve(servers_.size());
    for (const Watched& server : servers_) {
        if (server.is_twin()) continue;
        Witness witness;
        witness.host = server.subject;
        witness.verdict = server.verdict;
        witness.error = server.watch.error();
        witness.distance = server.distance;
        witness.changed = server.changed;
        witness.answered_before = server.heard && now.steady - *server.heard < remembered_answer;
        out.push_back(std::move(witness));
    }
    return out;
}

std::vector<WatchedServer> WatchList::view() const {
    std::vector<WatchedServer> out;
    out.reserve(servers_.size());
    for (const Watched& server : servers_) {
        WatchedServer view;
        view.host = server.candidate.source.as_written;
        view.address = server.candidate.address;
        if (server.since != WallTime{}) view.since = server.since;
        view.last = server.heard_wall;
        view.error = server.watch.error();
        view.reach = server.watch.reach();
        view.polls = server.watch.polls();
        view.lost = server.watch.lost();
        view.by_daemon = server.by_daemon;
        if (server.source) view.state = server.source->state;
        out.push_back(std::move(view));
    }
    return out;
}

}  // namespace clockwright::app
