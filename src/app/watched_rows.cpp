#include "app/watched_rows.h"

namespace clockwright::app {

SampleRow row_of(const Watched& server, const Now& now) {
    SampleRow row;
    row.at = now.wall;
    row.server = server.candidate.source.as_written;
    row.address = server.candidate.address ? to_string(*server.candidate.address) : "";
    row.by_daemon = server.by_daemon;
    return row;
}

SampleRow row_of(const Watched& server, const Sample& sample, const Now& now) {
    SampleRow row = row_of(server, now);
    row.at = now.wall - (now.steady - sample.at);
    row.offset = sample.offset;
    row.delay = sample.delay;
    row.root_distance = (sample.delay + sample.root_delay) / 2 + sample.root_dispersion;
    row.stratum = sample.stratum;
    row.authenticated = sample.authenticated;
    return row;
}

}  // namespace clockwright::app
