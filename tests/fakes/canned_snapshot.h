/// A snapshot of an agent that watches so many servers; the second one lies, and is alerted of.
#pragma once

#include <fmt/format.h>

#include <string>

#include "publish/snapshot.h"
#include "time/spell.h"

namespace clockwright::fakes {

inline WallTime instant(const char* text) {
    return *parse_rfc3339(text);
}

inline ScanRow canned_row(int number, bool lies) {
    ScanRow row;
    row.candidate.source.as_written = fmt::format("ntp{}.example", number);
    row.candidate.source.host.name = row.candidate.source.as_written;
    row.candidate.address =
        parse_address(fmt::format("198.51.{}.{}", 100 + number / 250 % 100, 1 + number % 250));
    row.candidate.series.sent = 8;
    ServerStats stats;
    stats.sent = stats.received = 8;
    stats.offset = Seconds{lies ? 0.84 : 1e-4};
    stats.delay_min = Seconds{0.012};
    stats.jitter = Seconds{4e-5};
    stats.root_distance = Seconds{0.013};
    stats.root_delay = Seconds{0.001};
    stats.root_dispersion = Seconds{0.002};
    stats.expected_error = Seconds{6e-4};
    stats.stratum = 2;
    stats.refid = 0xc0000201;
    row.assessment.stats = stats;
    row.assessment.verdict = lies ? Verdict::falseticker : Verdict::truechimer;
    row.assessment.reason = lies ? "840 ms from the majority" : "agrees";
    row.assessment.chosen = !lies;
    return row;
}

inline DaemonSource canned_source(int number) {
    DaemonSource source;
    source.name = fmt::format("ntp{}.example", number);
    source.address = parse_address(fmt::format("198.51.100.{}", 1 + number));
    source.stratum = 2;
    source.poll = 6;
    source.reach = 0377;
    source.last_sample = Seconds{12};
    source.offset = Seconds{1e-4};
    source.error = Seconds{2e-3};
    source.state = number == 0 ? '*' : '+';
    return source;
}

inline StatusReport canned_status() {
    StatusReport status;
    DaemonState state;
    state.tracking.refid = 0xc6336401;
    state.tracking.reference = parse_address("198.51.100.1");
    state.tracking.stratum = 3;
    state.tracking.leap = Leap::none;
    state.tracking.reference_time = instant("2026-11-20T18:04:00Z");
    state.tracking.offset = Seconds{3e-5};
    state.tracking.last_offset = Seconds{2e-5};
    state.tracking.frequency = Ppm{-11.5};
    state.tracking.skew = Ppm{0};
    state.tracking.root_delay = Seconds{0.002};
    state.tracking.root_dispersion = Seconds{0.0008};
    for (int i = 0; i < 4; ++i) state.sources.push_back(canned_source(i));
    status.facts.state = state;
    status.verdict.reachable = status.verdict.demonstrated = true;
    status.verdict.bound = ErrorBound{state.tracking.offset, state.tracking.root_dispersion,
                                      state.tracking.root_delay, Seconds{0}};
    status.verdict.condition = "at least 3 of its 4 sources are honest";
    status.verdict.sentence =
        "UTC is within ±1.9 ms of this clock, if at least 3 of its 4 sources are honest; last "
        "update 12 s ago.";
    status.verdict.voting = status.verdict.agreeing = 4;
    status.daemon_text = "chrony, pid 611; disciplines the clock";
    return status;
}

inline WatchedServer canned_watch(const ScanRow& row, WallTime at) {
    WatchedServer watched;
    watched.host = row.candidate.source.as_written;
    watched.address = row.candidate.address;
    watched.since = at - std::chrono::hours{5};
    watched.last = at;
    watched.error = row.assessment.stats->offset - Seconds{1e-4};
    watched.reach = 0377;
    watched.polls = 280;
    watched.lost = 3;
    return watched;
}

/// A cycle of 2026-11-20T18:04:12Z.
inline Snapshot canned_snapshot(int servers) {
    Snapshot snapshot;
    snapshot.at = instant("2026-11-20T18:04:12Z");
    snapshot.began = instant("2026-11-20T13:00:00Z");
    snapshot.cycles = 285;
    snapshot.packets_sent = 1140;
    snapshot.status = canned_status();
    snapshot.scan.measured_at = snapshot.at;
    snapshot.scan.samples = 8;
    for (int i = 0; i < servers; ++i) {
        snapshot.scan.rows.push_back(canned_row(i, i == 1));
        snapshot.watched.push_back(canned_watch(snapshot.scan.rows.back(), snapshot.at));
    }
    snapshot.scan.consensus = {true,          servers - 1,   servers,      Seconds{-1e-3},
                               Seconds{2e-3}, Seconds{1e-4}, Seconds{2e-3}};
    snapshot.blame = {Culprit::server, "ntp1.example", "server ntp1.example is wrong by +840 ms"};
    Alert alert;
    alert.rule = "server_wrong";
    alert.subject = "ntp1.example";
    alert.state = AlertState::firing;
    alert.text = "ntp1.example is wrong by +840 ms";
    alert.since = alert.changed = snapshot.at;
    snapshot.alerts.push_back(alert);
    return snapshot;
}

}  // namespace clockwright::fakes
