#include "publish/alert_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "publish/agent_word.h"
#include "tests/fakes/alert_case.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime now{1'800'000'000s};

AlertsReport any_report() {
    Alert alert = fakes::firing_alert(now - 2h);
    alert.changed = now - 1h;
    AlertsReport report;
    report.now = now;
    report.written = now - 40s;
    report.running = true;
    report.alerts = {alert};
    return report;
}

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the list begins with how many fire and ends with what to do") {
    const std::string text = alerts_text(any_report(), false);
    CHECK(text.starts_with("1 firing, 0 pending, as of 40 s ago.\n"));
    CHECK(says(text, "server ntp2 is wrong by +840 ms"));
    CHECK(text.ends_with("Next: clockwright servers block ntp2\n"));
    AlertsReport calm = any_report();
    calm.alerts.clear();
    CHECK(alerts_text(calm, false).starts_with("All is well, as of 40 s ago.\n"));
}

TEST_CASE("a list without an agent behind it is never called well") {
    AlertsReport report = any_report();
    report.alerts.clear();
    report.running = false;
    CHECK(alerts_text(report, false).starts_with("The agent was stopped 40 s ago"));
    report.running = true;
    report.written = now - 3h;
    CHECK(alerts_text(report, false).starts_with("The agent wrote nothing for 3 h"));
    report.alive = true;
    CHECK(alerts_text(report, false).starts_with("All is well"));
    report.written = now - 40s;
    report.alive = false;
    CHECK(alerts_text(report, false).starts_with("The agent wrote nothing for 40 s"));
    report.written.reset();
    CHECK(alerts_text(report, false).starts_with("No agent has written here yet"));
    for (const auto& json : {nlohmann::json::parse(alerts_json(report))}) {
        CHECK(json["running"] == false);
        CHECK(json["written"] == nullptr);
    }
}

TEST_CASE("while an agent runs somebody watches, whatever became of its file") {
    AgentWord word;
    word.at = now - 12s;
    word.firing = {fakes::firing_alert(now - 2h)};
    SavedAlerts stopped;
    stopped.at = now - 24h;
    for (const auto& saved : {std::optional<SavedAlerts>{}, std::optional{stopped}}) {
        const AlertsReport report = alerts_report(saved, &word, now);
        CHECK(alerts_text(report, false).starts_with("1 firing, 0 pending, as of 12 s ago.\n"));
        CHECK(nlohmann::json::parse(alerts_json(report))["running"] == true);
    }
    word.firing.clear();
    CHECK(alerts_text(alerts_report({}, &word, now), false)
              .starts_with("All is well, as of 12 s ago.\n"));
    word.stale = true;
    CHECK(says(alerts_text(alerts_report({}, &word, now), false), "nobody watches"));
    CHECK(says(alerts_text(alerts_report(stopped, nullptr, now), false), "was stopped 1 d ago"));
    stopped.running = true;
    stopped.at = now - 40s;
    word.stale = false;
    CHECK(alerts_text(alerts_report(stopped, &word, now), false)
              .starts_with("All is well, as of 40 s ago.\n"));
}

TEST_CASE("the list for programs has what the list for people has") {
    const auto json = nlohmann::json::parse(alerts_json(any_report()));
    CHECK(json["running"] == true);
    CHECK(json["alerts"][0]["rule"] == "server_wrong");
    CHECK(json["alerts"][0]["server"] == "ntp2.corp.example");
    CHECK(json["alerts"][0]["since"] == "2027-01-15T06:00:00Z");
    CHECK(json["alerts"][0]["hazard"] == nullptr);
}

TEST_CASE("silences are shown with number, time left and reason") {
    Silence silence{.number = 7,
                    .rule = "server_*",
                    .server = "ntp2",
                    .from = now - 1h,
                    .until = now + 1h,
                    .reason = "moves\ntoday",
                    .by = "root"};
    const std::string text = silences_text(std::vector{silence}, now);
    CHECK(text.starts_with("1 silenced.\n"));
    CHECK(says(text, "moves\\x0atoday"));
    CHECK(says(text, "1 h"));
    CHECK(silences_text({}, now).starts_with("Nothing is silenced.\n"));
    CHECK(nlohmann::json::parse(
              silences_report_json(std::vector{silence}))["silences"][0]["number"] == 7);
}
