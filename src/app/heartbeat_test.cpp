#include "app/heartbeat.h"

#include <doctest/doctest.h>

#include "tests/fakes/one_answer.h"

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

TEST_CASE(
    "all is well while the clock is demonstrated and nothing critical fires unknown to people") {
    Snapshot snapshot;
    CHECK_FALSE(is_well(snapshot));
    snapshot.status.verdict.demonstrated = true;
    CHECK(is_well(snapshot));
    Alert alert;
    alert.state = AlertState::firing;
    alert.severity = AlertSeverity::warning;
    snapshot.alerts = {alert};
    CHECK(is_well(snapshot));
    snapshot.alerts.front().severity = AlertSeverity::critical;
    CHECK_FALSE(is_well(snapshot));
    snapshot.alerts.front().silenced = true;
    CHECK(is_well(snapshot));
    snapshot.alerts.front().silenced = false;
    snapshot.alerts.front().state = AlertState::pending;
    CHECK(is_well(snapshot));
}

TEST_CASE("a heartbeat that does not arrive is tried again long before its interval is over") {
    boost::asio::io_context loop;
    Heartbeat heartbeat(loop);
    Snapshot snapshot;
    snapshot.status.verdict.demonstrated = true;
    const auto beats = [&](SteadyTime now) {
        const bool began = heartbeat.show(snapshot, now);
        loop.restart();
        while (began && loop.run_one() == 0) loop.restart();
        return began;
    };
    HeartbeatSettings settings;
    settings.url = "http://127.0.0.1:1/";
    heartbeat.use(settings);
    const SteadyTime start{1000s};
    CHECK(beats(start));
    CHECK_FALSE(beats(start + 10s));
    const fakes::OneAnswer monitor("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    settings.url = monitor.url();
    heartbeat.use(settings);
    CHECK(beats(start + 20s));
    CHECK_FALSE(beats(start + 200s));
    settings.url = "http://127.0.0.1:1/";
    heartbeat.use(settings);
    CHECK(beats(start + 20s + 300s));
}
