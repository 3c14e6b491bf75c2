#include "find/search.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr WallTime noon{std::chrono::seconds(1'800'000'000)};
constexpr IpAddress member{Family::ipv4, {198, 51, 100, 7}};

Search search_at_noon() {
    return {noon, {{"a.example", {}, false}, {"b.example", {}, true}, {"pool.example", member}}};
}

}  // namespace

TEST_CASE("the internet is searched once a day at most") {
    struct Row {
        std::chrono::minutes later;
        bool may;
    };
    const Row rows[] = {
        {minutes{0}, false}, {minutes{1}, false},   {hours{23} + minutes{59}, false},
        {hours{24}, true},   {-minutes{59}, false}, {-hours{1}, true}};
    for (const Row& row : rows) {
        CAPTURE(row.later.count());
        const auto next = next_search(search_at_noon(), noon + row.later);
        CHECK(next.has_value() != row.may);
        if (next) CHECK(*next == noon + hours{24});
    }
    CHECK_FALSE(next_search({}, noon).has_value());
}

TEST_CASE("within the hour all whom a search found are candidates, then the chosen ones") {
    CHECK(still_asked(search_at_noon(), noon + minutes{59}).size() == 3);
    const auto later = still_asked(search_at_noon(), noon + minutes{60});
    REQUIRE(later.size() == 1);
    CHECK(later.front().host == "b.example");
}

TEST_CASE("a member of a pool is known by its address, any other by its name alone") {
    const auto asked = search_at_noon().asked;
    CHECK(find_searched(asked, "a.example", member) == asked.data());
    CHECK(find_searched(asked, "pool.example", member) == &asked[2]);
    CHECK(find_searched(asked, "pool.example", {}) == nullptr);
    CHECK(find_searched(asked, "c.example", {}) == nullptr);
}
