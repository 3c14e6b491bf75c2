#include "publish/alert_message.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/fakes/alert_case.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime begin{1'800'000'000s};

Alert any_alert() {
    Alert alert = fakes::firing_alert(begin);
    alert.hazard = "H-1";
    alert.changed = begin + 200s;
    return alert;
}

AlertContext any_context() {
    return {.host = "db1", .now = begin + 1h, .labels = {{"site", "zrh1"}, {"severity", "mine"}}};
}

nlohmann::json posted(const Alert& alert) {
    const auto json = nlohmann::json::parse(alertmanager_json(alert, any_context()));
    REQUIRE(json.is_array());
    REQUIRE(json.size() == 1);
    return json[0];
}

}  // namespace

TEST_CASE("a line of the log is a sentence and then keys with values") {
    Alert alert = any_alert();
    CHECK(alert_line(alert) ==
          "alert firing: server ntp2 is wrong by +840 ms (3 of 4 agree) rule=server_wrong "
          "severity=critical server=ntp2.corp.example hazard=H-1 "
          "next=\"clockwright servers block ntp2\"");
    alert.state = AlertState::resolved;
    alert.subject.clear();
    alert.hazard.clear();
    alert.silenced = true;
    CHECK(alert_line(alert) ==
          "alert resolved: server ntp2 is wrong by +840 ms (3 of 4 agree) rule=server_wrong "
          "severity=critical silenced=yes");
}

TEST_CASE("what came from outside forges neither a line nor a key") {
    Alert alert = any_alert();
    alert.subject = "a\nseverity=info \"x";
    CHECK(alert_line(alert).find("server=\"a\\x0aseverity=info 'x\"") != std::string::npos);
    CHECK(alert_text(alert, any_context()).find("server: a\\x0aseverity=info") !=
          std::string::npos);
}

TEST_CASE("a program reads who, what, since when and what to do") {
    CHECK(alert_text(any_alert(), any_context()) ==
          "Clockwright on db1: firing, critical\n"
          "server ntp2 is wrong by +840 ms (3 of 4 agree)\n\n"
          "rule: server_wrong\nstate: firing\nseverity: critical\nhost: db1\n"
          "server: ntp2.corp.example\nhazard: H-1\nsince: 2027-01-15T08:00:00Z\n"
          "changed: 2027-01-15T08:03:20Z\nnext: clockwright servers block ntp2\n");
}

TEST_CASE("Alertmanager gets labels that stay the same and a time to end") {
    const auto firing = posted(any_alert());
    CHECK(firing["labels"] == nlohmann::json{{"alertname", "server_wrong"},
                                             {"severity", "critical"},
                                             {"instance", "db1"},
                                             {"server", "ntp2.corp.example"},
                                             {"hazard", "H-1"},
                                             {"site", "zrh1"}});
    CHECK(firing["annotations"]["summary"] == "server_wrong on db1 (ntp2.corp.example)");
    CHECK(firing["annotations"]["description"] == any_alert().text);
    CHECK(firing["annotations"]["advice"] == any_alert().advice);
    CHECK(firing["startsAt"].get<std::string>().starts_with("2027-01-15T08:00:00"));
    CHECK(firing["endsAt"].get<std::string>().starts_with("2027-01-15T17:00:00"));
    Alert resolved = any_alert();
    resolved.state = AlertState::resolved;
    CHECK(posted(resolved)["labels"] == firing["labels"]);
    CHECK(posted(resolved)["endsAt"].get<std::string>().starts_with("2027-01-15T08:03:20"));
}

TEST_CASE("an alert that ends before it began, by a clock that stepped, ends when it began") {
    Alert alert = any_alert();
    alert.state = AlertState::resolved;
    alert.changed = begin - 1h;
    CHECK(posted(alert)["endsAt"] == posted(alert)["startsAt"]);
}

TEST_CASE("an alert of a clock that was ahead neither begins nor ends in the future") {
    Alert alert = any_alert();
    alert.since = begin + 24h;
    alert.changed = begin + 25h;
    CHECK(posted(alert)["startsAt"] == "2027-01-15T09:00:00.000000Z");
    CHECK(posted(alert)["endsAt"] == "2027-01-15T17:00:00.000000Z");
    alert.state = AlertState::resolved;
    CHECK(posted(alert)["startsAt"] == "2027-01-15T09:00:00.000000Z");
    CHECK(posted(alert)["endsAt"] == "2027-01-15T09:00:00.000000Z");
    alert.changed = begin + 30min;  // stamped after the clock was set right
    CHECK(posted(alert)["startsAt"] == "2027-01-15T08:30:00.000000Z");
    CHECK(posted(alert)["endsAt"] == "2027-01-15T08:30:00.000000Z");
}

TEST_CASE("octets that are no text become JSON all the same") {
    Alert alert = any_alert();
    alert.subject = "\xff\x00\"\\\n";
    CHECK_FALSE(posted(alert)["labels"]["server"].get<std::string>().empty());
}
