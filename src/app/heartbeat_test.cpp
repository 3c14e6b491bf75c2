#include "app/heartbeat.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace clockwright::app;

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
