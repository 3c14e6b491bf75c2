#include "publish/status_line.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/fakes/canned_snapshot.h"

using namespace clockwright;
using Json = nlohmann::json;

TEST_CASE("clock, service and peers are one line of JSON") {
    const std::string text = status_line(fakes::canned_snapshot(2));
    CHECK(std::ranges::count(text, '\n') == 1);
    const Json line = Json::parse(text);
    CHECK(line.at("timestamp") == "2026-11-20T18:04:12Z");
    CHECK(line.at("offset_seconds") == 3e-05);
    CHECK(line.at("bound_seconds") == 0.00183);
    CHECK(line.at("frequency_ppm") == -11.5);
    CHECK(line.at("service") == "chrony, pid 611; disciplines the clock");
    CHECK(line.at("peers").size() == 4);
    CHECK(line.at("peers")[1] == Json{{"name", "ntp1.example"},
                                      {"address", "198.51.100.2"},
                                      {"state", "+"},
                                      {"stratum", 2},
                                      {"reach", 255},
                                      {"offset_seconds", 1e-4}});
}

TEST_CASE("without a daemon's answer there is no number") {
    Snapshot snapshot = fakes::canned_snapshot(1);
    snapshot.status.facts.state.reset();
    snapshot.status.verdict = {};
    const Json line = Json::parse(status_line(snapshot));
    for (const char* key : {"offset_seconds", "bound_seconds", "frequency_ppm", "stratum"}) {
        CAPTURE(key);
        CHECK(line.at(key).is_null());
    }
    CHECK(line.at("peers").empty());
    snapshot = fakes::canned_snapshot(1);
    snapshot.status.facts.state->tracking.frequency.reset();
    CHECK(Json::parse(status_line(snapshot)).at("frequency_ppm").is_null());
}
