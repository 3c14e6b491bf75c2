#include "publish/api.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "publish/api_routes.h"
#include "publish/stream_events.h"
#include "tests/fakes/canned_history.h"

using namespace clockwright;
using Json = nlohmann::json;

namespace {

const Snapshot& snapshot() {
    static const Snapshot canned = fakes::canned_snapshot(5);
    return canned;
}

ApiView full_view(const History& history) {
    ApiView view;
    view.snapshot = &snapshot();
    view.history = &history;
    view.config_json = "{\"settings\": []}\n";
    view.now.wall = snapshot().at + std::chrono::seconds{10};
    view.access.listen = *parse_address("127.0.0.1");
    return view;
}

HttpRequest request_of(const std::string& path, std::map<std::string, std::string> query = {}) {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.query = std::move(query);
    request.host = "localhost";
    request.remote = *parse_address("127.0.0.1");
    return request;
}

HttpResponse get(const std::string& path, std::map<std::string, std::string> query = {}) {
    const fakes::CannedHistory history;
    return respond(request_of(path, std::move(query)), full_view(history));
}

Json json_of(const std::string& path, std::map<std::string, std::string> query = {}) {
    const HttpResponse response = get(path, std::move(query));
    CHECK(response.status == 200);
    CHECK(response.content_type == "application/json");
    return Json::parse(response.body);
}

}  // namespace

TEST_CASE("every route answers, with the headers of safety") {
    for (const Route& route : routes()) {
        CAPTURE(route.path);
        const HttpResponse response = get(std::string(route.path));
        CHECK(response.status == 200);
        CHECK(response.content_type.starts_with(route.media));
        CHECK(response.headers.at("X-Content-Type-Options") == "nosniff");
        CHECK(response.headers.at("Cache-Control") == "no-store");
        CHECK(response.headers.at("Content-Security-Policy").contains("default-src 'self'"));
        CHECK(response.headers.at("Content-Security-Policy").contains("frame-ancestors 'none'"));
        for (const auto& [name, value] : response.headers)
            CHECK_FALSE(name.starts_with("Access-Control"));
    }
}

TEST_CASE("an unknown path is 404, another method 405 with what is allowed") {
    CHECK(get("/nonsense").status == 404);
    CHECK(get("/health/").status == 404);
    const fakes::CannedHistory history;
    ApiView view = full_view(history);
    view.access.token = "secret";
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE"}) {
        HttpRequest request = request_of("/health");
        request.method = method;
        CHECK(respond(request, view).status == 401);
        request.authorization = "Bearer secret";
        const HttpResponse response = respond(request, view);
        CHECK(response.status == 405);
        CHECK(response.headers.at("Allow") == "GET, HEAD");
    }
    HttpRequest head = request_of("/health");
    head.method = "HEAD";
    CHECK(respond(head, view).status == 200);
}

TEST_CASE("who may not ask learns nothing, not even which paths there are") {
    const fakes::CannedHistory history;
    HttpRequest request = request_of("/nonsense");
    request.host = "evil.example";
    CHECK(respond(request, full_view(history)).status == 421);
}

TEST_CASE("before the first cycle there is a word for it, never an empty answer") {
    ApiView nothing;
    nothing.access.listen = *parse_address("127.0.0.1");
    for (const Route& route : routes()) {
        CAPTURE(route.path);
        const HttpResponse response = respond(request_of(std::string(route.path)), nothing);
        CHECK_FALSE(response.body.empty());
        const bool always = route.path == "/" || route.path == "/metrics" ||
                            route.path == "/time/status" || route.path == "/api/v1/stream" ||
                            route.path == "/openapi.json";
        CHECK(response.status == (always ? 200 : route.path == "/system/health" ? 500 : 503));
    }
}

TEST_CASE("the status is that of the verb, with who is wrong and how old it is") {
    const Json status = json_of("/api/v1/status");
    CHECK(status["demonstrated"] == true);
    CHECK(status["daemon"] == "chrony");
    CHECK(status["sources"].size() == 4);
    CHECK(status["blame"]["culprit"] == "server");
    CHECK(status["blame"]["subject"] == "ntp1.example");
    CHECK(status["agent"]["age_seconds"] == 10.0);
    CHECK(status["agent"]["stale"] == false);
}

TEST_CASE("between two looks the bound that is told grows, wherever it is told") {
    Snapshot growing = snapshot();
    growing.status.verdict.grows = Ppm{15};
    const fakes::CannedHistory history;
    ApiView view = full_view(history);
    view.snapshot = &growing;
    for (const char* path : {"/api/v1/status", "/time/status"}) {
        CAPTURE(path);
        const auto told_after = [&](std::chrono::seconds later) {
            view.now.wall = growing.at + later;
            return Json::parse(respond(request_of(path), view).body)["bound_seconds"].get<double>();
        };
        CHECK(told_after(std::chrono::seconds{60}) - told_after(std::chrono::seconds{0}) ==
              doctest::Approx(60 * 15e-6));
    }
}

TEST_CASE("servers have the keys of a scan and what the watch knows besides") {
    const Json servers = json_of("/api/v1/servers");
    CHECK(servers["consensus"]["majority"] == true);
    REQUIRE(servers["servers"].size() == 5);
    const Json& liar = servers["servers"][1];
    CHECK(liar["host"] == "ntp1.example");
    CHECK(liar["verdict"] == "falseticker");
    CHECK(liar["chosen"] == false);
    CHECK(liar["error_seconds"].get<double>() == doctest::Approx(0.8399));
    CHECK(liar["reach"] == "377");
    CHECK(liar["polls"] == 280);
}

TEST_CASE("what the daemon does not tell of a server it asks is null, never a placeholder") {
    Snapshot mixed = fakes::canned_snapshot(2);
    mixed.watched[0].by_daemon = true;
    mixed.watched[1].by_daemon = false;
    mixed.scan.rows[0].assessment.stats->refid = 0;
    const fakes::CannedHistory history;
    ApiView view = full_view(history);
    view.snapshot = &mixed;
    const Json servers = Json::parse(respond(request_of("/api/v1/servers"), view).body)["servers"];
    for (const char* key :
         {"delay_seconds", "root_delay_seconds", "root_dispersion_seconds", "leap", "refid"}) {
        CAPTURE(key);
        CHECK(servers[0][key].is_null());
        CHECK_FALSE(servers[1][key].is_null());
    }
    CHECK(servers[0]["root_distance_seconds"] == 0.013);
    CHECK(servers[0]["offset_seconds"].is_number());
}

TEST_CASE("a server nobody watches has null where the watch would speak") {
    Snapshot unwatched = fakes::canned_snapshot(2);
    unwatched.watched.pop_back();
    const fakes::CannedHistory history;
    ApiView view = full_view(history);
    view.snapshot = &unwatched;
    const Json servers = Json::parse(respond(request_of("/api/v1/servers"), view).body);
    CHECK(servers["servers"][0]["polls"] == 280);
    CHECK(servers["servers"][1]["polls"].is_null());
}

TEST_CASE("samples are rows of the record, and the query reaches it") {
    const fakes::CannedHistory history;
    const HttpResponse response =
        respond(request_of("/api/v1/samples", {{"server", "ntp0.example"}, {"limit", "7"}}),
                full_view(history));
    CHECK(history.asked.server == "ntp0.example");
    CHECK(history.asked.limit == 7);
    const Json samples = Json::parse(response.body)["samples"];
    REQUIRE(samples.size() == 2);
    CHECK(samples[0]["offset_seconds"] == 1e-4);
    CHECK(samples[0]["at"] == "2026-11-20T18:04:12.000000Z");
    CHECK(samples[1]["offset_seconds"].is_null());
    CHECK(samples[1]["lost"] == "no answer");
}

TEST_CASE("what is rolled up is asked for one server") {
    CHECK(get("/api/v1/samples", {{"resolution", "hour"}}).status == 400);
    const Json rolled = json_of("/api/v1/samples", {{"resolution", "hour"}, {"server", "a"}});
    CHECK(rolled["resolution"] == "hour");
    CHECK(rolled["rolled"][0]["server"] == "a");
    CHECK(json_of("/api/v1/history", {{"resolution", "day"}})["rolled"][0]["server"].is_null());
}

TEST_CASE("rows as CSV have titles, and no cell that a spreadsheet would run") {
    const HttpResponse response = get("/api/v1/samples", {{"format", "csv"}});
    CHECK(response.content_type == "text/csv; charset=utf-8");
    CHECK(response.body.starts_with("at,server,address,offset_seconds,"));
    CHECK(response.body.contains("\r\n2026-11-20T18:04:12.000000Z,'=cmd|'calc'!A1,,,"));
}

TEST_CASE("the drift history holds a hundred rows unless more are asked for") {
    const fakes::CannedHistory history;
    const Json drift =
        Json::parse(respond(request_of("/time/drift/history"), full_view(history)).body);
    CHECK(history.asked.limit == 100);
    CHECK(drift["count"] == 1);
    CHECK(drift["limit"] == 100);
    CHECK(drift["history"][0]["offset_seconds"] == 3e-5);
    CHECK(json_of("/time/drift/history", {{"limit", "5"}})["limit"] == 5);
}

TEST_CASE("alerts are the present ones; with a time, those of that time") {
    const Json present = json_of("/api/v1/alerts");
    REQUIRE(present["alerts"].size() == 1);
    CHECK(present["alerts"][0]["rule"] == "server_wrong");
    CHECK(present["alerts"][0]["state"] == "firing");
    CHECK(present["alerts"][0]["hazard"].is_null());
    const Json past = json_of("/api/v1/alerts", {{"from", "2026-11-20T00:00:00Z"}});
    CHECK(past["history"][0]["state"] == "resolved");
}

TEST_CASE("a plan that waits is shown, and null when none does") {
    CHECK(json_of("/api/v1/plan")["plan"].is_null());
    Snapshot proposed = fakes::canned_snapshot(2);
    proposed.proposal = Proposal{"7f3c9a", "a better set", proposed.at, {"ntp2"}, {"ntp1"}};
    const fakes::CannedHistory history;
    ApiView view = full_view(history);
    view.snapshot = &proposed;
    const Json plan = Json::parse(respond(request_of("/api/v1/plan"), view).body)["plan"];
    CHECK(plan["id"] == "7f3c9a");
    CHECK(plan["add"] == Json{"ntp2"});
}

TEST_CASE("a bad parameter is 400 and a failing record 500, each with a sentence") {
    const HttpResponse bad = get("/api/v1/events", {{"limit", "many"}});
    CHECK(bad.status == 400);
    CHECK(Json::parse(bad.body)["error"].get<std::string>().contains("limit"));
    fakes::CannedHistory broken;
    broken.fault = "disk I/O error";
    for (const char* path :
         {"/api/v1/samples", "/api/v1/history", "/api/v1/events", "/time/drift/history"}) {
        const HttpResponse failed = respond(request_of(path), full_view(broken));
        CHECK(failed.status == 500);
        CHECK(failed.body.contains("disk I/O error"));
    }
}

TEST_CASE("only what reads the record is said to need it") {
    for (const char* path :
         {"/ready", "/api/v1/samples", "/api/v1/history", "/api/v1/events", "/time/drift/history"})
        CHECK(needs_history(request_of(path)));
    CHECK_FALSE(needs_history(request_of("/api/v1/alerts")));
    CHECK(needs_history(request_of("/api/v1/alerts", {{"limit", "3"}})));
    for (const char* path : {"/", "/health", "/metrics", "/api/v1/status", "/nonsense"})
        CHECK_FALSE(needs_history(request_of(path)));
}

TEST_CASE("a stream begins with the present state and goes on") {
    const HttpResponse response = get("/api/v1/stream");
    CHECK(response.stream);
    CHECK(response.content_type == "text/event-stream");
    CHECK(response.body.starts_with("retry: "));
    CHECK(response.body.contains("\n\nevent: snapshot\ndata: {"));
    CHECK(response.body.ends_with("}\n\n"));
}

TEST_CASE("an event is one line, whatever the network put into its words") {
    const std::string event =
        stream_event(EventRow{snapshot().at, "step", "a\n\ndata: forged", "b\r\n", Seconds{1}});
    CHECK(event.starts_with("event: event\ndata: {"));
    CHECK(std::ranges::count(event, '\n') == 3);
    CHECK(event.find('\r') == std::string::npos);
    const std::string cycle = snapshot_event(snapshot());
    const std::string data = cycle.substr(cycle.find("data: ") + 6);
    const Json json = Json::parse(data);
    CHECK(json["agreeing"] == 4);
    CHECK(json["alerts_firing"] == 1);
    CHECK(json["bound_seconds"].get<double>() == doctest::Approx(0.00183));
}

TEST_CASE("the page has no script, and shows names from the network as text") {
    Snapshot hostile = fakes::canned_snapshot(2);
    hostile.scan.rows[1].assessment.reason = "<script>alert(1)</script>";
    hostile.alerts[0].text = "<img src=x onerror=alert(1)>";
    const fakes::CannedHistory history;
    ApiView view = full_view(history);
    view.snapshot = &hostile;
    const std::string page = respond(request_of("/"), view).body;
    CHECK_FALSE(page.contains("<script"));
    CHECK_FALSE(page.contains("<img"));
    CHECK(page.contains("&lt;script&gt;"));
    CHECK(page.contains("UTC is within ±1.9 ms"));
    CHECK(page.contains("href=\"/openapi.json\""));
}
