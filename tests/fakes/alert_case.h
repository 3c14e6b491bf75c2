/// An alert as tests of its texts need one: each member with a value of its own.
#pragma once

#include "watch/alert.h"

namespace clockwright::fakes {

inline Alert firing_alert(WallTime since) {
    Alert alert;
    alert.rule = "server_wrong";
    alert.subject = "ntp2.corp.example";
    alert.severity = AlertSeverity::critical;
    alert.state = AlertState::firing;
    alert.text = "server ntp2 is wrong by +840 ms (3 of 4 agree)";
    alert.since = since;
    alert.advice = "clockwright servers block ntp2";
    return alert;
}

}  // namespace clockwright::fakes
