#include "steer/aging.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace clockwright {
namespace {

using doctest::Approx;
using namespace std::chrono;

constexpr hours apart{6};

WallTime at(int number) {
    return WallTime{sys_days{year{2026} / 3 / 1}} + number * apart;
}

/// One point each six hours; `slope` in ppm a day.
std::vector<FrequencyPoint> rates(int n, double slope, double noise) {
    std::mt19937_64 random(7);
    std::normal_distribution<double> normal(0, noise);
    std::vector<FrequencyPoint> record;
    for (int i = 0; i < n; ++i)
        record.push_back({at(i), Ppm{-12 + slope * i / 4 + normal(random)}});
    return record;
}

/// A hardware clock that runs `ppm` off, and `later` from the point `turn` on.
std::vector<RtcPoint> hardware_clock(int n, double ppm, int turn, double later) {
    std::mt19937_64 random(9);
    std::normal_distribution<double> normal(0, 0.001);
    std::vector<RtcPoint> record;
    double offset = 0;
    for (int i = 0; i < n; ++i) {
        record.push_back({at(i), Seconds{offset + normal(random)}});
        offset += (i < turn ? ppm : later) * 1e-6 * Seconds(apart).count();
    }
    return record;
}

TEST_CASE("a crystal that ages shows by how much in 30 days") {
    CHECK(monthly_trend(rates(120, 0.2, 0.05))->value == Approx(6).epsilon(0.05));
    CHECK(monthly_trend(rates(60, -0.2, 0.05))->value == Approx(-6).epsilon(0.1));
}

TEST_CASE("a rate that only wanders has no trend") {
    CHECK(monthly_trend(rates(120, 0, 0.3))->value == 0);
}

TEST_CASE("less than a week tells nothing of a trend") {
    CHECK_FALSE(monthly_trend(rates(20, 0.2, 0.05)));
    CHECK_FALSE(monthly_trend({}));
}

TEST_CASE("a hardware clock that suddenly runs otherwise is told by how much") {
    CHECK(rtc_rate_change(hardware_clock(120, 8, 92, 30))->value == Approx(22).epsilon(0.05));
    CHECK(rtc_rate_change(hardware_clock(120, 8, 92, 8))->value == 0);
}

TEST_CASE("two weeks are needed to see that a hardware clock changed, without its being set") {
    CHECK_FALSE(rtc_rate_change(hardware_clock(50, 8, 25, 30)));
    CHECK_FALSE(rtc_rate_change({}));
    auto set = hardware_clock(120, 8, 92, 30);
    for (std::size_t i = 60; i < set.size(); ++i) set[i].offset -= Seconds{60};
    CHECK_FALSE(rtc_rate_change(set));
}

}  // namespace
}  // namespace clockwright
