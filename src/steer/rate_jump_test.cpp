#include "steer/rate_jump.h"

#include <doctest/doctest.h>

#include <vector>

namespace clockwright {
namespace {

using namespace std::chrono_literals;

TEST_CASE("more than 10 ppm within an hour is a jump, the same over two hours is not") {
    const WallTime noon{std::chrono::seconds{1'800'000'000}};
    std::vector<FrequencyPoint> record{{noon, Ppm{5}}, {noon + 30min, Ppm{4}}};
    CHECK_FALSE(last_jump(record));
    record.push_back({noon + 60min, Ppm{-6.5}});
    const auto jump = last_jump(record);
    REQUIRE(jump);
    CHECK(jump->at == noon + 60min);
    CHECK(jump->change.value == doctest::Approx(-10.5));  // from the nearest point that far away
    record[2].at = noon + 151min;
    CHECK_FALSE(last_jump(record));
    CHECK_FALSE(last_jump({}));
}

TEST_CASE("of several jumps the newest is told") {
    const WallTime noon{};
    const std::vector<FrequencyPoint> record{
        {noon, Ppm{0}}, {noon + 1min, Ppm{20}}, {noon + 5h, Ppm{20}}, {noon + 5h + 1min, Ppm{35}}};
    CHECK(last_jump(record)->at == noon + 5h + 1min);
}

}  // namespace
}  // namespace clockwright
