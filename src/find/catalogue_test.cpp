#include "find/catalogue.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace clockwright;

TEST_CASE("a catalogue server is found whatever the case of its name") {
    const auto* google = find_in_catalogue("Time.Google.COM");
    REQUIRE(google != nullptr);
    CHECK(google->smear == "google");
    CHECK_FALSE(google->utc);
    CHECK(find_in_catalogue("time.google.com.") == nullptr);
    CHECK(find_in_catalogue("") == nullptr);
}

TEST_CASE("only open UTC servers that answered are proposed") {
    const auto all = proposals(std::nullopt, 1000);
    CHECK(all.size() == 290);
    for (const auto* server : all) {
        CAPTURE(server->host);
        CHECK(server->open);
        CHECK(server->utc);
        CHECK_FALSE(server->silent);
        CHECK(server->confidence < 'c');
    }
}

TEST_CASE("proposals begin in the own country and stay diverse when cut") {
    const auto region = region_of("Europe/Stockholm");
    REQUIRE(region.has_value());
    CHECK(region->country == "SE");
    const auto cut = proposals(region, 40);
    REQUIRE(cut.size() == 40);
    CHECK(cut.front()->country == "SE");
    std::set<std::string_view> operators;
    for (const auto* server : cut) operators.insert(server->operator_name);
    CHECK(operators.size() >= 10);
}

TEST_CASE("nobody has more than three of forty proposals while others wait") {
    for (const char* zone : {"UTC", "Europe/Stockholm", "America/New_York", "Asia/Tokyo"}) {
        CAPTURE(zone);
        const auto region = region_of(zone);
        const auto cut = proposals(region, 40);
        REQUIRE(cut.size() == 40);
        std::map<std::string_view, int> places;
        for (const auto* server : cut) ++places[server->operator_name];
        CHECK(places.size() >= 15);
        for (const auto& [operator_name, count] : places) {
            CAPTURE(operator_name);
            CHECK(count <= 3);
        }
        if (region) CHECK(cut.front()->country == region->country);
    }
}

TEST_CASE("UTC is no place") {
    CHECK_FALSE(region_of("Etc/UTC").has_value());
    CHECK_FALSE(region_of("UTC").has_value());
    CHECK_FALSE(region_of("../../etc/passwd").has_value());
}

TEST_CASE("what is stated already is not overwritten by the catalogue") {
    Source source;
    source.host.name = "time.google.com";
    source.operator_name = "my own";
    annotate(source);
    CHECK(source.operator_name == "my own");
    CHECK(source.smear == Smear::google);
    Source stranger;
    stranger.host.name = "ntp1.corp.example";
    annotate(stranger);
    CHECK(stranger.operator_name.empty());
}

TEST_CASE("NIST asks for four seconds between packets") {
    const auto* nist = find_in_catalogue("time-a-g.nist.gov");
    REQUIRE(nist != nullptr);
    CHECK(operator_spacing(nist->operator_name) == Seconds{4});
    CHECK(operator_spacing("Netnod") == Seconds{0});
}

TEST_CASE("what a name stands for and which time it serves come from the catalogue") {
    const auto annotated = [](const char* host) {
        Source source;
        source.host.name = host;
        annotate(source);
        return source;
    };
    CHECK(annotated("time.cloudflare.com").kind == ServerKind::anycast);
    CHECK(annotated("time.nist.gov").kind == ServerKind::rotation);
    CHECK(annotated("time-a-g.nist.gov").kind == ServerKind::host);
    CHECK(annotated("time.google.com").timescale == Timescale::smeared);
    CHECK(annotated("UT1-wwv.nist.gov").timescale == Timescale::ut1);
    CHECK(annotated("ntp1.corp.example").kind == ServerKind::host);
}

TEST_CASE("names of the pool are of one operator and do not smear, whoever's zone it is") {
    for (const char* host : {"2.ch.pool.ntp.org", "0.debian.pool.ntp.org", "amazon.pool.ntp.org"}) {
        CAPTURE(host);
        Source source;
        source.host.name = host;
        annotate(source);
        CHECK(source.kind == ServerKind::pool);
        CHECK(source.operator_name == "NTP Pool");
        CHECK(source.smear == Smear::none);
    }
}

TEST_CASE("who wants to be told first is never proposed, but named to those nearby") {
    const auto croatian = to_be_told(region_of("Europe/Zagreb"));
    CHECK(croatian.size() == 5);
    CHECK(to_be_told(region_of("Europe/Zurich")) == croatian);
    CHECK(to_be_told(region_of("Asia/Kolkata")).empty());
    for (const auto* server : croatian) {
        CAPTURE(server->host);
        CHECK_FALSE(server->open);
        CHECK(server->notify);
    }
    CHECK(to_be_told(std::nullopt).empty());
    for (const auto* server : proposals(std::nullopt, 1000)) CHECK_FALSE(server->notify);
}

TEST_CASE("of one operator the names of one machine are proposed before a rotation over them") {
    std::set<std::string_view> rotations;
    for (const auto* server : proposals(region_of("America/New_York"), 1000)) {
        if (server->operator_name != "NIST") continue;
        CAPTURE(server->host);
        if (server->rotation) rotations.insert(server->host);
        CHECK((server->rotation || rotations.empty()));
    }
    CHECK_FALSE(rotations.empty());
}
