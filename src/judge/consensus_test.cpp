#include "judge/consensus.h"

#include <doctest/doctest.h>

#include <vector>

namespace clockwright {
namespace {

/// All in milliseconds.
Opinion opinion(double offset, double distance, double delay, bool near = false) {
    return {.offset = Seconds{offset * 1e-3},
            .distance = Seconds{distance * 1e-3},
            .delay = Seconds{delay * 1e-3},
            .near = near};
}

/// Thirty beyond the gateway that say `offset`, with delays of 22 ms and more.
std::vector<Opinion> thirty_far(double offset) {
    std::vector<Opinion> list;
    for (int i = 0; i < 30; ++i) {
        list.push_back(opinion(offset + 0.01 * i, 12.0 + i, 22.0 + i));
    }
    return list;
}

TEST_CASE("sources on one side of the gateway are weighed by their distance alone") {
    const std::vector<Opinion> all_far{opinion(0, 1, 10), opinion(1, 1, 10), opinion(9, 100, 150)};
    const Weighing weighing = weigh(all_far);
    CHECK_FALSE(weighing.shared);
    CHECK(weighing.offset.count() == doctest::Approx(1e-3));
    CHECK(weigh({}).offset == Seconds{0});
}

TEST_CASE("one good near source outweighs thirty that share a biased access link") {
    auto opinions = thirty_far(10);
    opinions.push_back(opinion(0, 1, 0.3, true));
    const Weighing weighing = weigh(opinions);
    CHECK(weighing.shared);
    CHECK(weighing.offset == Seconds{0});
    CHECK(weighing.far_offset.count() == doctest::Approx(10.1e-3).epsilon(0.01));
    CHECK_FALSE(weighing.contradicted.back());
}

TEST_CASE("a near source that lies by more than paths can explain loses") {
    auto opinions = thirty_far(0);
    opinions.push_back(opinion(19.5, 1, 0.3, true));  // δ/2 of the first seventeen is below 18.5 ms
    const Weighing weighing = weigh(opinions);
    CHECK(weighing.contradicted.back());
    CHECK(weighing.offset.count() == doctest::Approx(0.1e-3).epsilon(1));
    CHECK(weighing.offset < Seconds{1e-3});
}

TEST_CASE("a few liars beyond the gateway do not unseat a near source") {
    auto opinions = thirty_far(0);
    opinions.push_back(opinion(0, 1, 0.3, true));
    for (std::size_t i = 0; i < 7; ++i) opinions[i].offset = Seconds{0.025};
    CHECK_FALSE(weigh(opinions).contradicted.back());
    for (std::size_t i = 0; i < 9; ++i) opinions[i].offset = Seconds{0.035};
    CHECK(weigh(opinions).contradicted.back());
}

TEST_CASE("near sources that confirm each other need as many against them") {
    std::vector<Opinion> opinions{opinion(8, 1, 0.3, true), opinion(8, 1, 0.3, true),
                                  opinion(0, 20, 10), opinion(0, 20, 10)};
    CHECK_FALSE(weigh(opinions).contradicted[0]);
    opinions.push_back(opinion(0, 20, 10));
    CHECK(weigh(opinions).contradicted[0]);
    CHECK(weigh(opinions).contradicted[1]);
    CHECK(weigh(opinions).offset == Seconds{0});
}

}  // namespace
}  // namespace clockwright
