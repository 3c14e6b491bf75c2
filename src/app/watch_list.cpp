#include "app/watch_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "app/daemon_polls.h"
#include "app/watched_rows.h"
#include "judge/fitness.h"
#include "time/spell.h"
#include "watch/rule.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

constexpr auto change_is_news = 1h;
constexpr auto remembered_answer = 24h * 7;
constexpr std::size_t names_at_once = 64;
constexpr std::size_t most_forged = 100;  // to count, of one server

bool is_daemons(const Candidate& candidate) {
    return candidate.source.origin.kind == Origin::Kind::daemon && candidate.address;
}

std::string change_sentence(const std::string& host, const ServerChange& change) {
    return change.kind == ServerChange::Kind::step
               ? fmt::format("{} stepped {}, its delay did not change", printable(host),
                             spell_signed(change.shift))
               : fmt::format("the path to {} changed: delay {}, offset {}", printable(host),
                             spell_signed(change.delay_shift), spell_signed(change.shift));
}

/// What the servers that agree say in their newest samples: the reference for change points. The
/// consensus itself looks back over eight polls, and lags while this clock is slewed.
std::optional<Seconds> newest_consensus(const Judged& judged) {
    std::vector<std::pair<Seconds, Seconds>> newest;  // offset, distance
    for (std::size_t i = 0; i < judged.candidates.size(); ++i) {
        const auto& samples = judged.candidates[i].series.samples;
        const Assessment& assessment = judged.selection.assessments[i];
        if (is_truechimer(assessment.verdict) && !samples.empty()) {
            newest.emplace_back(samples.back().offset, assessment.distance);
        }
    }
    if (!judged.selection.consensus.majority || newest.empty()) return std::nullopt;
    std::ranges::sort(newest);
    const Seconds low = newest[(newest.size() - 1) / 2].first;
    const Seconds middle = (low + newest[newest.size() / 2].first) / 2;
    // While the majority is breaking up nobody can be held against it.
    const auto near = std::ranges::count_if(newest, [&](const auto& one) {
        return std::abs((one.first - middle).count()) <= one.second.count();
    });
    return 2 * near > judged.selection.consensus.judged ? std::optional(middle) : std::nullopt;
}

/// A sample that is new is held against the others; a change is an event.
void compare(Watched& server, const std::optional<Seconds>& reference, const Now& now,
             std::vector<Record>& rows) {
    const auto& last = server.watch.last();
    if (!reference || !last || (server.compared && last->at <= *server.compared)) return;
    server.compared = last->at;
    const auto change = server.watch.compared(last->offset - *reference);
    if (!change) return;
    server.changed = change;
    const std::string& host = server.subject;
    const bool step = change->kind == ServerChange::Kind::step;
    rows.emplace_back(EventRow{now.wall, step ? "server_step" : "path", host,
                               change_sentence(host, *change), change->shift});
}

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

bool is_bad(const Watched& server) {
    return server.verdict == Verdict::falseticker || server.verdict == Verdict::denied ||
           (server.watch.polls() >= 8 && server.watch.reach() == 0);
}

}  // namespace

Watched* WatchList::find(const std::string& host, const std::optional<IpAddress>& address,
                         bool by_daemon) {
    const auto found = std::ranges::find_if(servers_, [&](const Watched& server) {
        return server.candidate.source.as_written == host && server.by_daemon == by_daemon &&
               (!by_daemon || server.candidate.address == address);
    });
    return found == servers_.end() ? nullptr : &*found;
}

Seconds WatchList::rate_of(const Watched& server) const {
    // As long as system/kept_keys keeps them.
    const bool keys_are_gone = server.watch.polls() > 0 && (server.watch.reach() & 7U) == 0;
    if (server.candidate.source.host.nts && keys_are_gone) return rates_.keyed;
    const auto& address = server.candidate.address;
    // A name that is not resolved yet may be anybody's.
    return address && !address->is_public() ? rates_.near : rates_.strangers;
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
        if (known == nullptr) server.added = server.due = now.steady;
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
        } else if (server.due == SteadyTime::max()) {
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
    for (Watched& server : servers_) {
        if (!server.by_daemon) continue;
        const auto source = std::ranges::find_if(state.sources, [&](const DaemonSource& one) {
            return !one.refclock && one.address == server.candidate.address;
        });
        if (source == state.sources.end()) continue;
        take_polls(server, *source, traits_of(state.kind).counts_losses, now, rows);
    }
}

std::vector<Candidate> WatchList::unresolved(const Now& now) {
    std::vector<Candidate> names;
    for (Watched& server : servers_) {
        if (server.by_daemon || !has_no_address(server) || server.resolve_due > now.steady)
            continue;
        if (names.size() == names_at_once) break;
        names.push_back(server.candidate);
        server.resolve_due = now.steady + to_nanoseconds(rates_.strangers);
    }
    return names;
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
        server->due = now.steady;
    }
}

std::vector<Candidate> WatchList::due(const Now& now) {
    std::vector<Candidate> asked;
    for (Watched& server : servers_) {
        if (server.by_daemon || server.due > now.steady || has_no_address(server)) continue;
        asked.push_back(server.candidate);
        server.asked = now.steady;
        server.due = now.steady + to_nanoseconds(rate_of(server));
    }
    return asked;
}

void WatchList::lost(Watched& server, const Answer& answer, const Now& now,
                     std::vector<Record>& rows) {
    server.candidate.not_asked = answer.not_asked;
    server.candidate.not_asked_why = answer.why;
    const Rejection why = answer.not_asked                   ? *answer.not_asked
                          : answer.series.rejections.empty() ? Rejection::time_out
                                                             : answer.series.rejections.back();
    server.watch.lost(now.steady, why);
    if (answer.series.kiss != 0) server.watch.kissed(answer.series.kiss);
    SampleRow row = row_of(server, now);
    row.lost = answer.why.empty() ? std::string(describe(why)) : answer.why;
    rows.emplace_back(std::move(row));
    // The name may stand for another machine by now.
    if (server.watch.reach() == 0 && !is_address_literal(server.candidate.source.host)) {
        server.candidate.address.reset();
    }
}

void WatchList::heard(Watched& server, const std::vector<Sample>& samples, const Now& now,
                      std::vector<Record>& rows) {
    for (const Sample& sample : samples) {
        server.watch.answered(sample);
        server.was_authenticated |= sample.authenticated;
        rows.emplace_back(row_of(server, sample, now));
    }
    server.heard = samples.back().at;
    server.heard_wall = now.wall - (now.steady - *server.heard);
}

void WatchList::answered(const std::vector<Answer>& answers, const Now& now,
                         std::vector<Record>& rows) {
    for (const Answer& answer : answers) {
        Watched* server = find(answer.host, {}, false);
        if (server == nullptr || answer.refused) continue;
        if (answer.address) server->candidate.address = answer.address;
        server->candidate.nts = answer.nts;
        server->candidate.not_asked.reset();
        server->candidate.not_asked_why.clear();
        count_forged(*server, answer.series, now);
        if (answer.series.samples.empty()) {
            lost(*server, answer, now, rows);
        } else {
            heard(*server, answer.series.samples, now, rows);
        }
        // Only now is known who it is, and whether its keys are good.
        server->due = server->asked + to_nanoseconds(rate_of(*server));
    }
}

std::optional<SteadyTime> WatchList::next_due() const {
    std::optional<SteadyTime> next;
    for (const Watched& server : servers_) {
        if (server.by_daemon || server.due == SteadyTime::max()) continue;
        next = std::min(next.value_or(server.due), server.due);
    }
    return next;
}

std::vector<Candidate> WatchList::candidates(const Now& now, Seconds cycle) const {
    std::vector<Candidate> out;
    for (const Watched& server : servers_) {
        // A daemon may poll as slowly as it likes; what we ask comes at our own rate.
        const Seconds interval = server.by_daemon && server.source
                                     ? poll_interval(*server.source)
                                     : std::max(cycle, rate_of(server));
        Candidate candidate = server.candidate;
        candidate.series = server.watch.series(oldest_wanted(server, now, interval));
        out.push_back(std::move(candidate));
    }
    return out;
}

void WatchList::judged(const Judged& judged, const Now& now, std::vector<Record>& rows) {
    const std::optional<Seconds> reference = newest_consensus(judged);
    for (Record& row : rows) {
        auto* sample = std::get_if<SampleRow>(&row);
        if (sample != nullptr && sample->offset && reference) {
            sample->error = *sample->offset - *reference;
        }
    }
    for (std::size_t i = 0; i < judged.candidates.size(); ++i) {
        const Candidate& candidate = judged.candidates[i];
        Watched* server =
            find(candidate.source.as_written, candidate.address, is_daemons(candidate));
        if (server == nullptr) continue;
        const Assessment& assessment = judged.selection.assessments[i];
        server->distance = assessment.distance;
        server->own_clock = assessment.stats && serves_own_clock(*assessment.stats);
        compare(*server, reference, now, rows);
        if (server->changed && now.steady - server->changed->since > change_is_news) {
            server->changed.reset();
        }
        // system_peer is a truechimer that the set prefers: no news.
        const Verdict verdict =
            is_truechimer(assessment.verdict) ? Verdict::truechimer : assessment.verdict;
        if (server->since == WallTime{} || verdict != server->verdict) {
            server->since = now.wall;
            rows.emplace_back(VerdictRow{now.wall, server->subject, verdict, assessment.reason});
        }
        server->verdict = verdict;
        server->reason = assessment.reason;
        if (!is_bad(*server)) {
            server->bad_since.reset();
        } else if (!server->bad_since) {
            server->bad_since = now.steady;
        }
    }
}

void WatchList::clock_moved(Seconds size) {
    for (Watched& server : servers_) server.watch.clock_moved(size);
}

std::vector<Witness> WatchList::witnesses(const Now& now) const {
    std::vector<Witness> out;
    for (const Watched& server : servers_) {
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
    for (const Watched& server : servers_) {
        WatchedServer view;
        view.host = server.candidate.source.as_written;
        view.address = server.candidate.address;
        view.since = server.since;
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
