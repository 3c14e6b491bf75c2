/// Rows of a record as an agent would write them, made to order.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "watch/record.h"

namespace clockwright {

inline constexpr WallTime record_noon{std::chrono::seconds(1'800'014'400)};  // 2027-01-15T12:00:00Z

inline SampleRow sample_row(WallTime at, const std::string& server, Seconds error = Seconds{0}) {
    SampleRow row;
    row.at = at;
    row.server = server;
    row.address = "192.0.2.7";
    row.offset = error + Seconds{1e-3};
    row.error = error;
    row.delay = Seconds{2e-3};
    row.root_distance = Seconds{5e-3};
    row.stratum = 2;
    return row;
}

inline SampleRow lost_row(WallTime at, const std::string& server) {
    SampleRow row;
    row.at = at;
    row.server = server;
    row.lost = "no answer";
    return row;
}

inline ClockRow clock_row(WallTime at, Seconds offset = Seconds{30e-6}) {
    ClockRow row;
    row.at = at;
    row.offset = offset;
    row.bound = Seconds{0.6e-3};
    row.frequency = Ppm{-12.5};
    row.demonstrated = true;
    row.stratum = 3;
    row.agreeing = 5;
    row.judged = 5;
    row.authenticated = 2;
    row.consensus = Seconds{20e-6};
    row.consensus_bound = Seconds{0.5e-3};
    row.daemon = "chrony";
    row.sentence = "UTC is within ±0.61 ms of this clock.";
    return row;
}

inline EventRow event_row(WallTime at, const std::string& kind, const std::string& text) {
    return {.at = at, .kind = kind, .subject = {}, .text = text, .size = {}};
}

inline AlertRow alert_row(WallTime at) {
    return {.at = at,
            .state = AlertState::resolved,
            .rule = "server_wrong",
            .subject = "ntp2",
            .severity = AlertSeverity::critical,
            .text = "ntp2 is wrong by +840 ms"};
}

inline RunRow run_row(WallTime at) {
    return {.at = at,
            .took = Seconds{9.5},
            .candidates = 7,
            .packets = 28,
            .chosen = {"ntp1", "nts://ntp2"},
            .expected_error = Seconds{1.5e-3},
            .gain = 0.25,
            .plan = "91ab02",
            .outcome = "proposed",
            .reason = "a better set"};
}

inline VerdictRow verdict_row(WallTime at, const std::string& server) {
    return {.at = at, .server = server, .verdict = Verdict::falseticker, .reason = "+840 ms away"};
}

/// `count` polls of `servers` servers ("s0" …), `spacing` apart.
inline std::vector<Record> polled_rows(WallTime from, Seconds spacing, int count, int servers = 1) {
    std::vector<Record> rows;
    for (int poll = 0; poll < count; ++poll)
        for (int server = 0; server < servers; ++server)
            rows.emplace_back(sample_row(from + to_nanoseconds(spacing * poll),
                                         "s" + std::to_string(server),
                                         Seconds{1e-6 * std::sin(poll * 0.7 + server)}));
    return rows;
}

}  // namespace clockwright
