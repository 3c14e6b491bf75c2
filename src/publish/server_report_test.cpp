#include "publish/server_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace clockwright;

namespace {

constexpr WallTime noon{std::chrono::seconds(1'800'000'000)};

ServerFacts blocked_server() {
    BlockList blocks;
    block_by_user(blocks, *parse_host("time.google.com"), "smears \x1b[2J",
                  noon + std::chrono::hours(24), noon);
    return facts_of(*parse_host("time.google.com"), nullptr, blocks, noon);
}

}  // namespace

TEST_CASE("a server's document has its terms, its block and null for what is not known") {
    const auto json = nlohmann::json::parse(server_json(blocked_server()));
    CHECK(json["host"] == "time.google.com");
    CHECK(json["smear"] == "google");
    CHECK(json["timescale"] == "utc-smeared");
    CHECK(json["proposed"] == false);
    CHECK(json["blocked"]["reason"] == "user");
    CHECK(json["blocked"]["since"] == "2027-01-15T08:00:00Z");
    CHECK(json["blocked"]["until"] == "2027-01-16T08:00:00Z");
    CHECK(json["allowed"].is_null());
    const auto unknown = nlohmann::json::parse(
        server_json(facts_of(*parse_host("nobody.example"), nullptr, {}, noon)));
    CHECK(unknown["operator"].is_null());
    CHECK(unknown["origin"].is_null());
}

TEST_CASE("what people read begins with the verdict and hides nothing in control characters") {
    const std::string text = server_text(blocked_server());
    CHECK(text.starts_with("time.google.com is blocked until 2027-01-16T08:00:00Z"));
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("\\x1b[2J") != std::string::npos);
    CHECK(text.ends_with("Next: clockwright servers allow time.google.com\n"));
}

TEST_CASE("the list behind the servers is named with its age and expiry") {
    const ListReport list{42, "https://lists.example/l", noon - std::chrono::hours(48),
                          noon + std::chrono::hours(1)};
    CHECK(list_text(list, noon) ==
          "Server list 42 of https://lists.example/l, fetched 2 d ago; it expires at "
          "2027-01-15T09:00:00Z.");
    const ServersReport report{noon, list, {blocked_server()}, 506};
    CHECK(servers_text(report).starts_with("1 of 506 known servers: 0 may be asked"));
    const auto json = nlohmann::json::parse(servers_json(report));
    CHECK(json["list"]["version"] == 42);
    CHECK(json["list"]["age_seconds"] == 172800);
    CHECK(json["servers"].size() == 1);
}
