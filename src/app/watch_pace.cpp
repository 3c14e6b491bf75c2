// When the servers of a watch list are asked.
#include <algorithm>

#include "app/watch_list.h"
#include "ntp/kiss.h"

namespace clockwright::app {

using namespace std::chrono_literals;

Seconds WatchList::rate_of(const Watched& server) const {
    // As long as system/kept_keys keeps them.
    const bool keys_are_gone = server.watch.polls() > 0 && (server.watch.reach() & 7U) == 0;
    if (server.candidate.source.host.nts && keys_are_gone) return rates_.keyed;
    return server.is_stranger() ? rates_.strangers : rates_.near;
}

Seconds WatchList::rest_of(const Watched& server) const {
    return server.pace.rest(rate_of(server), server.is_stranger());
}

void WatchList::keep_rates(WatchRates rates) {
    rates_ = rates;
    for (Watched& server : servers_)
        if (server.asked && !server.is_twin())
            server.due = std::min(server.due, *server.asked + to_nanoseconds(rest_of(server)));
}

SteadyTime WatchList::first_due(const Watched& server) const {
    const auto& address = server.candidate.address;
    const bool waits = address && address->is_public();
    return server.added + to_nanoseconds(waits ? rates_.start : Seconds{0});
}

/// Somebody on the way can forge a kiss: it leaves a third of the strangers for a day at most, the
/// others are asked less often. What is near is mended by day.
bool WatchList::may_be_left_for_a_day(const Watched& server) const {
    if (!server.is_stranger()) return false;
    std::ptrdiff_t all = 0, left = 1;
    for (const Watched& other : servers_) {
        if (other.by_daemon || !other.is_stranger()) continue;
        ++all;
        if (&other != &server && other.pace.is_denied()) ++left;
    }
    return left <= std::max<std::ptrdiff_t>(all / 3, 1);
}

void WatchList::slow_down(Watched& server, std::uint32_t kiss) const {
    const ntp::KissDuty duty = ntp::duty_of(kiss);
    const bool spared = duty == ntp::KissDuty::stop && !may_be_left_for_a_day(server);
    server.pace.kissed(spared ? ntp::KissDuty::slow_down : duty);
}

bool WatchList::nobody_answers() const {
    bool silent = false;
    for (const Watched& server : servers_) {
        if (server.is_twin()) continue;
        if ((server.watch.reach() & 7U) != 0) return false;
        silent |= server.watch.polls() >= 3;
    }
    return silent;
}

/// While nobody answers at all it may be this host's network: who answered once and is left alone
/// for being silent is asked once an hour, or nobody would notice for a day that it is back.
SteadyTime WatchList::due_of(const Watched& server, bool silence) const {
    const bool cut_off = silence && server.asked && server.heard && server.pace.is_silent();
    if (!cut_off || server.is_twin()) return server.due;
    const Seconds rest = std::max(rate_of(server), Seconds(1h));
    return std::min(server.due, *server.asked + to_nanoseconds(rest));
}

/// It may be asked `early` before it falls due, unless it never was or was told to be asked less; a
/// stranger never within 65 s.
SteadyTime WatchList::askable(const Watched& server, bool silence, Seconds early) const {
    SteadyTime at = due_of(server, silence);
    if (!server.asked) return at;
    const Seconds rest = rest_of(server);
    if (rest <= rate_of(server)) at -= to_nanoseconds(std::min(early, rest / 2));
    if (!server.is_stranger()) return at;
    return std::max(at, *server.asked + to_nanoseconds(least_rest_of_strangers));
}

/// It was this host's network that failed: who is left alone for that gets one question now. Not at
/// every answer that comes through a bad network.
void WatchList::ask_the_silent(const Now& now) {
    if (silence_ended_ && now.steady - *silence_ended_ < 1h) return;
    silence_ended_ = now.steady;
    for (Watched& server : servers_) {
        if (server.is_twin() || !server.asked || !server.pace.is_silent()) continue;
        const SteadyTime usual = *server.asked + to_nanoseconds(rate_of(server));
        server.due = std::min(server.due, std::max(now.steady, usual));
    }
}

/// At which its answers come. Once they do not, the older ones age as those of anybody.
Seconds WatchList::pace_of(const Watched& server) const {
    return (server.watch.reach() & 1U) != 0 ? rest_of(server) : rate_of(server);
}

}  // namespace clockwright::app
