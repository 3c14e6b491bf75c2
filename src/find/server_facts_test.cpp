#include "find/server_facts.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace clockwright;

namespace {

constexpr WallTime noon{std::chrono::seconds(1'800'000'000)};

const ServerList list = *parse_server_list(
    R"({"clockwright_list": 1, "version": 9, "issued": "2027-01-01T00:00:00Z",
        "expires": "2027-07-02T00:00:00Z", "servers": [
        {"host": "new.example", "operator": "New", "country": "CH", "usage": "open"},
        {"host": "ptbtime1.ptb.de", "usage": "restricted"}]})");

ServerFacts facts(const char* host, const BlockList& blocks = {}) {
    return facts_of(*parse_host(host), &list, blocks, noon);
}

}  // namespace

TEST_CASE("a catalogue server comes with its terms, and a list may withhold it") {
    const ServerFacts known = facts("PTBtime2.ptb.de");
    CHECK(known.origin == "catalogue");
    CHECK(known.country == "DE");
    CHECK(known.usage == "open");
    CHECK(known.withheld.empty());
    CHECK(facts("ptbtime1.ptb.de").withheld == "the list says that it is restricted");
    CHECK_FALSE(facts("time.google.com").withheld.empty());
}

TEST_CASE("a newcomer is withheld until it is allowed") {
    BlockList blocks;
    CHECK(facts("new.example").newcomer);
    CHECK(facts("new.example").origin == "server list 9");
    CHECK_FALSE(facts("new.example").withheld.empty());
    allow_by_user(blocks, *parse_host("new.example"), "known to me", noon);
    CHECK(facts("new.example", blocks).withheld.empty());
    CHECK(facts_of(*parse_host("new.example"), &list, blocks, list.expires).withheld ==
          "its list has expired");
}

TEST_CASE("a block of the address that a name was asked at is a block of the name") {
    BlockList blocks;
    const Hearing denied{{*parse_address("198.51.100.9"), 123}, {"ptbtime1.ptb.de"}, Heard::denied};
    const Hearing good{{*parse_address("198.51.100.8"), 123}, {"x.example"}, Heard::time};
    const Hearing other{{*parse_address("198.51.100.7"), 123}, {"y.example"}, Heard::time};
    learn(blocks, {denied, good, other}, 0, noon);
    CHECK(facts("ptbtime1.ptb.de", blocks).is_blocked());
    CHECK(facts("198.51.100.9", blocks).is_blocked());
    CHECK_FALSE(facts("x.example", blocks).is_blocked());
}

TEST_CASE("all servers are listed once, the user's own among them") {
    BlockList blocks;
    block_by_user(blocks, *parse_host("mine.example:1123"), "", {}, noon);
    block_by_user(blocks, *parse_host("ptbtime1.ptb.de"), "", {}, noon);
    const auto all = all_facts(&list, blocks, noon);
    CHECK(all.size() == 508);
    CHECK(std::ranges::is_sorted(all, {}, &ServerFacts::host));
    CHECK(std::ranges::count_if(all, &ServerFacts::is_blocked) == 2);
    const auto mine = std::ranges::find(all, "mine.example:1123", &ServerFacts::host);
    REQUIRE(mine != all.end());
    CHECK(mine->origin.empty());
}
