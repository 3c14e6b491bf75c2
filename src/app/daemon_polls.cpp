#include "app/daemon_polls.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "app/watched_rows.h"

namespace clockwright::app {
namespace {

/// The daemon tells how far a source may be off, not its delay: twice the one is at most the other.
Sample sample_of(const DaemonSource& source, SteadyTime at) {
    Sample sample;
    sample.at = at;
    sample.offset = source.offset;
    sample.delay = 2 * source.error;
    sample.stratum = static_cast<std::uint8_t>(std::clamp(source.stratum, 0, 16));
    sample.refid = source.refid;
    sample.authenticated = source.authentication == Authentication::nts && source.reach != 0;
    return sample;
}

/// Polls that the daemon can have made of it: since it was added, as far as we saw.
int polls_of(const Watched& server, const DaemonSource& source, const Now& now) {
    const auto seen = static_cast<int>(Seconds(now.steady - server.added) / poll_interval(source));
    return std::max(seen, static_cast<int>(std::bit_width(source.reach)));
}

}  // namespace

Seconds poll_interval(const DaemonSource& source) {
    return Seconds{std::exp2(std::clamp(source.poll, 0, 17))};
}

void take_polls(Watched& server, const DaemonSource& source, bool counts_losses, const Now& now,
                std::vector<Record>& rows) {
    const bool begins_anew = server.source && server.source->last_sample && !source.last_sample;
    server.source = source;
    if (source.last_sample) {
        const SteadyTime at = now.steady - to_nanoseconds(*source.last_sample);
        // The daemon tells ages in whole seconds, cut off: so near may be the same sample.
        const Seconds near{poll_interval(source) > Seconds{1} ? 1 : 0.9};
        const bool is_new = !server.heard || Seconds(at - *server.heard) > near;
        if (is_new && source.reach != 0) {
            const Sample sample = sample_of(source, at);
            server.watch.answered(sample);
            server.heard = at;
            server.heard_wall = now.wall - (now.steady - at);
            rows.emplace_back(row_of(server, sample, now));
        }
    }
    server.watch.reach_is(source.reach, polls_of(server, source, now));
    if (begins_anew) server.polls.forget();
    if (counts_losses && server.polls.lost(source.reach, poll_interval(source), now.steady)) {
        server.watch.lost_by_daemon();
        SampleRow row = row_of(server, now);
        row.lost = describe(Rejection::time_out);
        rows.emplace_back(std::move(row));
    }
    server.was_authenticated |= server.watch.last() && server.watch.last()->authenticated;
}

}  // namespace clockwright::app
