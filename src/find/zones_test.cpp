#include "find/zones.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

std::vector<IpAddress> addresses(int count, const std::string& prefix = "198.51.100.") {
    std::vector<IpAddress> list;
    for (int i = 1; i <= count; ++i) list.push_back(*parse_address(prefix + std::to_string(i)));
    return list;
}

}  // namespace

TEST_CASE("the pool's zones go from the country over the continent to the world") {
    const auto names = [](const char* time_zone) { return pool_names(region_of(time_zone)); };
    CHECK(names("Europe/Zurich") ==
          std::vector<std::string>{"2.ch.pool.ntp.org", "2.europe.pool.ntp.org", "2.pool.ntp.org"});
    CHECK(names("Asia/Kolkata") ==
          std::vector<std::string>{"2.in.pool.ntp.org", "2.asia.pool.ntp.org", "2.pool.ntp.org"});
    CHECK(names("Asia/Calcutta") == names("Asia/Kolkata"));
    CHECK(names("Europe/London").front() == "2.uk.pool.ntp.org");
    CHECK(names("Etc/UTC") == std::vector<std::string>{"2.pool.ntp.org"});
    CHECK(names("Mars/Olympus") == std::vector<std::string>{"2.pool.ntp.org"});
    CHECK(names("Antarctica/Troll").back() == "2.pool.ntp.org");
}

TEST_CASE("a zone with fewer than four distinct public addresses is thin: the next one is taken") {
    struct Row {
        int country, continent, world;
        const char* chosen;
        std::size_t members, passed;
    };
    const Row rows[] = {{4, 4, 4, "country", 4, 0},   {9, 4, 4, "country", 4, 0},
                        {3, 4, 4, "continent", 4, 1}, {3, 2, 4, "world", 4, 2},
                        {0, 0, 4, "world", 4, 2},     {3, 2, 1, "country", 3, 3},
                        {1, 2, 2, "continent", 2, 3}, {0, 0, 0, "", 0, 3}};
    for (const Row& row : rows) {
        CAPTURE(row.country);
        CAPTURE(row.continent);
        CAPTURE(row.world);
        const std::vector<ZoneAnswer> answers{{"country", addresses(row.country)},
                                              {"continent", addresses(row.continent)},
                                              {"world", addresses(row.world)}};
        const ZoneChoice choice = choose_zone(answers);
        CHECK(choice.name == row.chosen);
        CHECK(choice.members.size() == row.members);
        CHECK(choice.passed.size() == row.passed);
    }
}

TEST_CASE("an address that is there twice or is nobody's on the internet does not fill a zone") {
    auto twice = addresses(3);
    twice.push_back(twice.front());
    twice.push_back(*parse_address("10.0.0.1"));
    twice.push_back(*parse_address("127.0.0.1"));
    const std::vector<ZoneAnswer> answers{{"2.li.pool.ntp.org", twice},
                                          {"2.europe.pool.ntp.org", addresses(4, "203.0.113.")}};
    const ZoneChoice choice = choose_zone(answers);
    CHECK(choice.name == "2.europe.pool.ntp.org");
    CHECK(choice.passed == std::vector<std::string>{"2.li.pool.ntp.org has only 3 addresses"});
}

TEST_CASE("names of the pool and their vendors are recognised") {
    struct Row {
        const char* host;
        bool pool;
        const char* vendor;
    };
    const Row rows[] = {{"pool.ntp.org", true, ""},
                        {"2.ch.pool.ntp.org", true, ""},
                        {"0.Debian.Pool.NTP.org.", true, "debian"},
                        {"ubuntu.pool.ntp.org", true, "ubuntu"},
                        {"europe.pool.ntp.org", true, ""},
                        {"pool.ntp.org.example", false, ""},
                        {"debian.example", false, ""},
                        {"xpool.ntp.org", false, ""},
                        {"", false, ""},
                        {".", false, ""}};
    for (const Row& row : rows) {
        CAPTURE(row.host);
        CHECK(is_pool_name(row.host) == row.pool);
        CHECK(vendor_of_pool_name(row.host) == row.vendor);
    }
}
