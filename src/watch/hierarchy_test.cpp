#include "watch/hierarchy.h"

#include <doctest/doctest.h>

#include <initializer_list>

using namespace clockwright;

namespace {

std::vector<Sample> strata(std::initializer_list<int> list) {
    std::vector<Sample> samples;
    for (const int stratum : list) {
        samples.emplace_back();
        samples.back().stratum = static_cast<std::uint8_t>(stratum);
    }
    return samples;
}

Follower follower(const char* address, std::uint32_t refid, int stratum = 3) {
    return {parse_address(address), refid, stratum};
}

constexpr std::uint32_t ten_1 = 0x0a000001, ten_2 = 0x0a000002, ten_3 = 0x0a000003;

}  // namespace

TEST_CASE("a stratum that rises poll by poll climbs; one that rose once, or fell, does not") {
    CHECK(stratum_climb(strata({3, 4, 5, 6})) == 3);
    CHECK(stratum_climb(strata({3, 4, 4, 4})) == 0);
    CHECK(stratum_climb(strata({6, 5, 4})) == 0);
    CHECK(stratum_climb(strata({2, 2, 3})) == 1);
    CHECK(stratum_climb(strata({2, 4})) == 0);
    CHECK(stratum_climb({}) == 0);
}

TEST_CASE("servers that name each other as their reference form a circle") {
    const std::vector servers{follower("10.0.0.1", ten_2), follower("10.0.0.2", ten_3),
                              follower("10.0.0.3", ten_1), follower("10.0.0.4", ten_1)};
    // The fourth hangs on to the circle and is no part of it.
    CHECK(in_circle(servers) == std::vector{true, true, true, false});
}

TEST_CASE("a chain that ends at a clock is none") {
    const std::vector servers{follower("10.0.0.1", ten_2), follower("10.0.0.2", ten_3),
                              follower("10.0.0.3", 0x47505300, 1)};
    CHECK(in_circle(servers) == std::vector{false, false, false});
}

TEST_CASE("servers of one kind of clock that step alike did so together") {
    constexpr std::uint32_t gps = 0x47505300, pps = 0x50505300;
    const std::vector<ReferenceStep> steps{{"ntp1", gps, Seconds{1.0}},
                                           {"ntp2", gps, Seconds{1.05}},
                                           {"ntp3", pps, Seconds{1.0}},
                                           {"ntp4", gps, Seconds{-1.0}}};
    const auto together = stepped_together(steps);
    REQUIRE(together.size() == 2);
    CHECK(together[0].server == "ntp1");
    CHECK(together[1].server == "ntp2");
    CHECK(stepped_together({}).empty());
}

TEST_CASE("neither a stratum 1 whose refid reads like an address nor an unknown address counts") {
    const std::vector servers{follower("10.0.0.1", ten_2, 1), follower("10.0.0.2", ten_1),
                              follower("2001:db8::1", ten_1), follower("", ten_1)};
    CHECK(in_circle(servers) == std::vector{false, false, false, false});
    CHECK(in_circle(std::vector{follower("10.0.0.1", ten_1)}) == std::vector{false});
}
