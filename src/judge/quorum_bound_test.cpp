#include "judge/quorum_bound.h"

#include <doctest/doctest.h>

#include <vector>

using namespace clockwright;

namespace {

const SteadyTime now{std::chrono::hours{1}};

NewestAnswer answer(Seconds offset, Seconds delay = Seconds{0.010}, Seconds age = Seconds{0},
                    const char* address = "10.0.0.1") {
    NewestAnswer answer;
    answer.sample.at = now - to_nanoseconds(age);
    answer.sample.offset = offset;
    answer.sample.delay = delay;
    answer.address = parse_address(address);
    return answer;
}

}  // namespace

TEST_CASE("what a majority shares bounds the clock; without one nothing does") {
    // ±5 ms each: from 1 − 5 = −4 ms to 1 + 5 = 6 ms at least two of three share each point.
    const std::vector three{answer(Seconds{0}), answer(Seconds{0.001}), answer(Seconds{0.002})};
    const auto quorum = quorum_bound(three, now, Ppm{});
    REQUIRE(quorum);
    CHECK(quorum->agreeing == 3);
    CHECK(quorum->judged == 3);
    CHECK(quorum->offset.count() == doctest::Approx(0.001));
    CHECK(quorum->bound.count() == doctest::Approx(0.005));

    CHECK_FALSE(quorum_bound({}, now, Ppm{}));
    CHECK_FALSE(quorum_bound(std::vector{answer(Seconds{0})}, now, Ppm{}));
    CHECK_FALSE(quorum_bound(std::vector{answer(Seconds{0}), answer(Seconds{1})}, now, Ppm{}));
}

TEST_CASE("liars that agree with some of the honest ones do not make the bound too narrow") {
    // The truth is 0. The third is honest, and ends where the two liars have not begun.
    const std::vector servers{answer(Seconds{0.004}), answer(Seconds{0.004}),
                              answer(Seconds{-0.004}), answer(Seconds{0.0085}),
                              answer(Seconds{0.0085})};
    const auto quorum = quorum_bound(servers, now, Ppm{});
    REQUIRE(quorum);
    CHECK(quorum->agreeing == 4);  // from 3.5 ms to 9 ms, all but the third
    CHECK(quorum->offset.count() == doctest::Approx(0.00625));
    // The three honest ones share −1 to 1 ms.
    CHECK(quorum->bound.count() == doctest::Approx(0.00725));
}

TEST_CASE("an answer grows less certain as a clock of that drift strays") {
    const auto at = [](Seconds age) {
        return std::vector{answer(Seconds{0}, Seconds{0.010}, age),
                           answer(Seconds{0}, Seconds{0.010}, age)};
    };
    CHECK(quorum_bound(at(Seconds{0}), now, Ppm{100})->bound.count() == doctest::Approx(0.005));
    const auto later = quorum_bound(at(Seconds{64}), now, Ppm{100});
    CHECK(later->bound.count() == doctest::Approx(0.005 + 64 * 100e-6));
    CHECK(later->age.count() == doctest::Approx(64));
}

TEST_CASE("the bound is never below half the least delay, nor a stranger's distance below 100 µs") {
    // Two that contradict each other as far as their delays allow share one point only.
    const std::vector apart{answer(Seconds{-0.005}), answer(Seconds{0.005})};
    CHECK(quorum_bound(apart, now, Ppm{})->bound.count() == doctest::Approx(0.005));
    CHECK(least_distance(parse_address("10.0.0.1"), Seconds{0.010}) == Seconds{0});
    CHECK(least_distance(parse_address("192.0.2.1"), Seconds{0.010}).count() ==
          doctest::Approx(0.0051));
}

TEST_CASE("authenticated ones are counted among those that agree") {
    std::vector servers{answer(Seconds{0}), answer(Seconds{0}), answer(Seconds{1})};
    servers[0].sample.authenticated = servers[2].sample.authenticated = true;
    const auto quorum = quorum_bound(servers, now, Ppm{});
    CHECK(quorum->agreeing == 2);
    CHECK(quorum->judged == 3);
    CHECK(quorum->authenticated == 1);
}
