// What was judged of the servers of a watch list.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/watch_list.h"
#include "judge/fitness.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

constexpr auto change_is_news = 1h;

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

/// Without a majority all are falsetickers, and nobody can tell which of them are wrong.
std::optional<bool> is_wrong(const Assessment& assessment, const Consensus& consensus) {
    if (assessment.verdict != Verdict::falseticker) return false;
    return consensus.majority ? std::optional(true) : std::nullopt;
}

bool is_bad(const Watched& server) {
    return server.wrong == true || server.verdict == Verdict::denied || server.is_gone();
}

}  // namespace

/// What a daemon's file names and the daemon does not list is asked by us, at its address.
Watched* WatchList::judged_as(const Candidate& candidate) {
    const std::string& host = candidate.source.as_written;
    Watched* server = find(host, candidate.address, is_daemons(candidate));
    return server != nullptr ? server : find(host, {}, false);
}

std::vector<NewestAnswer> WatchList::newest_answers() const {
    std::vector<NewestAnswer> answers;
    for (const Watched& server : servers_)
        if (server.votes && !server.by_daemon && server.watch.last())
            answers.push_back({*server.watch.last(), server.candidate.address});
    return answers;
}

std::string WatchList::smearing_vote() const {
    for (const Watched& server : servers_) {
        const Smear smear = server.candidate.source.smear;
        if (server.votes && !server.by_daemon && smear != Smear::none && smear != Smear::unknown)
            return server.subject;
    }
    return {};
}

void WatchList::judged(const Judged& judged, const Now& now, std::vector<Record>& rows) {
    const std::optional<Seconds> reference = newest_consensus(judged);
    for (Record& row : rows) {
        auto* sample = std::get_if<SampleRow>(&row);
        if (sample != nullptr && sample->offset && reference) {
            sample->error = *sample->offset - *reference;
        }
    }
    for (Watched& server : servers_) server.votes = false;
    for (std::size_t i = 0; i < judged.candidates.size(); ++i) {
        Watched* server = judged_as(judged.candidates[i]);
        if (server == nullptr) continue;
        const Assessment& assessment = judged.selection.assessments[i];
        server->votes = is_judged(assessment.verdict);
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
        server->wrong = is_wrong(assessment, judged.selection.consensus);
        if (is_bad(*server)) {
            server->bad_since = server->bad_since.value_or(now.steady);
        } else if (server->wrong) {
            server->bad_since.reset();
        }
    }
}

}  // namespace clockwright::app
