#include "publish/health.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "publish/api_routes.h"
#include "tests/fakes/canned_history.h"

using namespace clockwright;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

/// A good host without alerts.
Snapshot well() {
    Snapshot snapshot = fakes::canned_snapshot(4);
    snapshot.alerts.clear();
    return snapshot;
}

HttpResponse ask(HttpResponse (*answer)(const ApiCall&), const Snapshot* snapshot,
                 const History* history = nullptr) {
    ApiView view;
    view.snapshot = snapshot;
    view.history = history;
    view.now.wall = fakes::instant("2026-11-20T18:04:22Z");
    const HttpRequest request;
    return answer({request, view, {}});
}

Health health(const Snapshot& snapshot) {
    return health_of(&snapshot, snapshot.at, {});
}

void set_bound(Snapshot& snapshot, double bound) {
    snapshot.status.verdict.bound = ErrorBound{Seconds{0}, Seconds{bound}, Seconds{0}, Seconds{0}};
}

}  // namespace

TEST_CASE("a bound has a class, and the class a health") {
    struct Row {
        double bound;
        const char* name;
        Health health;
    };
    for (const Row& row :
         {Row{0.0009, "excellent", Health::healthy}, Row{0.001, "good", Health::healthy},
          Row{0.005, "acceptable", Health::healthy}, Row{0.05, "poor", Health::warning},
          Row{0.499, "poor", Health::warning}, Row{0.5, "critical", Health::degraded}}) {
        CAPTURE(row.bound);
        CHECK(classify(Seconds{row.bound}, {}) == row.name);
        Snapshot snapshot = well();
        set_bound(snapshot, row.bound);
        CHECK(health(snapshot) == row.health);
    }
}

TEST_CASE("the limits of the classes can be set") {
    const HealthClasses strict{Seconds{1e-5}, Seconds{1e-4}, Seconds{5e-4}, Seconds{1e-3}};
    const Snapshot snapshot = well();
    CHECK(health_of(&snapshot, snapshot.at, strict) == Health::degraded);
}

TEST_CASE("what is not demonstrated is degraded, what nobody looked at is an error") {
    Snapshot snapshot = well();
    CHECK(health(snapshot) == Health::healthy);
    snapshot.status.verdict.demonstrated = false;
    CHECK(health(snapshot) == Health::degraded);
    CHECK(health_of(nullptr, snapshot.at, {}) == Health::error);
    CHECK(health_of(&snapshot, snapshot.at + std::chrono::hours{1}, {}) == Health::error);
}

TEST_CASE("an alert that is firing is a warning, unless it is silenced or for information") {
    Snapshot snapshot = fakes::canned_snapshot(4);
    CHECK(health(snapshot) == Health::warning);
    snapshot.alerts[0].silenced = true;
    CHECK(health(snapshot) == Health::healthy);
    snapshot.alerts[0].silenced = false;
    snapshot.alerts[0].severity = AlertSeverity::info;
    CHECK(health(snapshot) == Health::healthy);
}

TEST_CASE("system health has the service, the last sync, the drift and the hardware clock") {
    const Snapshot snapshot = well();
    const HttpResponse response = ask(answer_system_health, &snapshot);
    CHECK(response.status == 200);
    const Json json = Json::parse(response.body);
    CHECK(json["status"] == "healthy");
    CHECK(json["ntp_service"]["name"] == "chronyd");
    CHECK(json["ntp_service"]["running"] == true);
    CHECK(json["ntp_service"]["synchronised"] == true);
    CHECK(json["ntp_service"]["stratum"] == 3);
    CHECK(json["last_sync"]["at"] == "2026-11-20T18:04:00Z");
    CHECK(json["last_sync"]["age_seconds"] == 22.0);
    CHECK(json["drift"]["offset_seconds"] == 3e-5);
    CHECK(json["drift"]["bound_seconds"].get<double>() == doctest::Approx(0.00183));
    CHECK(json["drift"]["classification"] == "good");
    CHECK(json["hardware_clock"].is_null());
}

TEST_CASE("system health has the hardware clock once it was compared") {
    Snapshot snapshot = well();
    RtcReport rtc;
    rtc.facts.identity = RtcIdentity{"/dev/rtc0", "rtc_cmos", true};
    rtc.facts.reading = RtcReading{snapshot.at, snapshot.at - 400ms, Seconds{1e-3}};
    rtc.verdict = judge_rtc(rtc.facts);
    snapshot.rtc = std::make_shared<const RtcReport>(rtc);
    const Json clock = Json::parse(ask(answer_system_health, &snapshot).body)["hardware_clock"];
    CHECK(clock["mode"] == "utc");
    CHECK(clock["offset_seconds"] == 0.4);
    CHECK(clock["battery"] == "unknown");
}

TEST_CASE("system health is 200, 503 or 500 by its word") {
    Snapshot snapshot = well();
    set_bound(snapshot, 0.1);
    CHECK(ask(answer_system_health, &snapshot).status == 200);
    snapshot.status.verdict.demonstrated = false;
    const HttpResponse degraded = ask(answer_system_health, &snapshot);
    CHECK(degraded.status == 503);
    CHECK(Json::parse(degraded.body)["drift"]["bound_seconds"].is_null());
    const HttpResponse error = ask(answer_system_health, nullptr);
    CHECK(error.status == 500);
    CHECK(Json::parse(error.body)["last_sync"].is_null());
}

TEST_CASE("a daemon that does not answer is not running as far as anybody can tell") {
    Snapshot snapshot = well();
    snapshot.status.facts.state.reset();
    snapshot.status.verdict = {};
    snapshot.status.verdict.sentence = "Not demonstrated: chronyd does not answer.";
    const HttpResponse response = ask(answer_system_health, &snapshot);
    CHECK(response.status == 503);
    const Json json = Json::parse(response.body);
    CHECK(json["ntp_service"]["running"] == false);
    CHECK(json["drift"]["offset_seconds"].is_null());
    CHECK(json["sentence"] == "Not demonstrated: chronyd does not answer.");
}

TEST_CASE("the agent is alive while its cycles go on") {
    Snapshot snapshot = well();
    CHECK(ask(answer_health, &snapshot).status == 200);
    CHECK(ask(answer_health, nullptr).status == 503);
    snapshot.at -= std::chrono::hours{1};
    const HttpResponse stale = ask(answer_health, &snapshot);
    CHECK(stale.status == 503);
    CHECK(Json::parse(stale.body)["status"] == "stale");
}

TEST_CASE("the agent is ready once it has measured and can remember") {
    const Snapshot snapshot = well();
    const fakes::CannedHistory history;
    CHECK(ask(answer_ready, &snapshot, &history).status == 200);
    CHECK(ask(answer_ready, nullptr, &history).status == 503);
    const HttpResponse no_record = ask(answer_ready, &snapshot);
    CHECK(no_record.status == 503);
    CHECK(Json::parse(no_record.body)["status"] == "there is no record");
}

TEST_CASE("the state of the time never claims more than the last cycle found") {
    Snapshot snapshot = well();
    snapshot.at -= std::chrono::hours{1};
    const Json stale = Json::parse(ask(answer_time_status, &snapshot).body);
    CHECK(stale["status"] == "error");
    CHECK(stale["demonstrated"] == false);
    const Json nothing = Json::parse(ask(answer_time_status, nullptr).body);
    CHECK(nothing["offset_seconds"].is_null());
    CHECK(nothing["at"].is_null());
}
