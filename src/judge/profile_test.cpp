#include "judge/profile.h"

#include <doctest/doctest.h>

namespace clockwright {
namespace {

ServerStats stats() {
    ServerStats it;
    it.expected_error = Seconds{0.003};
    it.loss = 0.25;
    it.delay_min = Seconds{0.040};
    return it;
}

TEST_CASE("balanced costs what the rule expects, the others weigh loss and delay too") {
    CHECK(cost_of(stats(), *find_profile("balanced")) == stats().expected_error);
    CHECK(cost_of(stats(), *find_profile("dev")) == stats().expected_error);
    CHECK(cost_of(stats(), *find_profile("reliable")).count() == doctest::Approx(0.008));
    CHECK(cost_of(stats(), *find_profile("low-latency")).count() == doctest::Approx(0.007));
}

TEST_CASE("a development machine needs three, so that one liar is still outvoted") {
    const Profile dev = *find_profile("dev");
    CHECK(dev.minimum == 3);
    CHECK(dev.count == 4);
    for (const char* name : {"balanced", "reliable", "low-latency"}) {
        CHECK(find_profile(name)->minimum == 4);
        CHECK(find_profile(name)->count == 5);
    }
}

TEST_CASE("a profile that nobody knows is none") {
    CHECK_FALSE(find_profile("fast"));
    CHECK_FALSE(find_profile(""));
}

TEST_CASE("a cost is told with its products") {
    CHECK(spell_cost(stats(), *find_profile("balanced")).empty());
    CHECK(spell_cost(stats(), *find_profile("reliable")) ==
          "1 x expected error 3.0 ms + 20 ms x loss 25 %");
    CHECK(spell_cost(stats(), *find_profile("low-latency")) ==
          "1 x expected error 3.0 ms + 0.1 x delay 40 ms");
}

}  // namespace
}  // namespace clockwright
