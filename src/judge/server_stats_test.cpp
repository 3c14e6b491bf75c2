#include "judge/server_stats.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace clockwright {
namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;

SteadyTime at(double seconds) {
    return SteadyTime(duration_cast<nanoseconds>(Seconds{seconds}));
}

Sample sample(double time, double offset, double delay) {
    Sample it;
    it.at = at(time);
    it.offset = Seconds{offset};
    it.delay = Seconds{delay};
    it.root_delay = Seconds{0.004};
    it.root_dispersion = Seconds{0.003};
    it.stratum = 2;
    return it;
}

Series series(std::vector<Sample> samples, int lost = 0) {
    Series it;
    it.sent = static_cast<int>(samples.size()) + lost;
    it.samples = std::move(samples);
    return it;
}

TEST_CASE("a series without a sample has no statistics") {
    CHECK_FALSE(summarise(series({}, 4), Ppm{}, at(0)));
}

TEST_CASE("the statistics of four samples and one loss") {
    auto input = series({sample(0, 0.010, 0.020), sample(1, 0.012, 0.026), sample(2, 0.016, 0.040),
                         sample(3, 0.014, 0.022)},
                        1);
    input.samples[0].root_delay = Seconds{0.008};
    input.samples[3].stratum = 3;
    input.samples[3].refid = 0x0a000001;
    input.samples[3].leap = Leap::insert;
    const auto stats = summarise(input, Ppm{}, at(3));
    REQUIRE(stats);
    CHECK(stats->sent == 5);
    CHECK(stats->received == 4);
    CHECK(stats->loss == doctest::Approx(0.2));
    CHECK(stats->least_offset.count() == doctest::Approx(0.010));
    CHECK(stats->offset.count() == doctest::Approx(0.012));  // of the two with the least delay
    CHECK(stats->delay_min.count() == doctest::Approx(0.020));
    CHECK(stats->delay_median.count() == doctest::Approx(0.024));
    CHECK(stats->queueing.count() == doctest::Approx(0.004));
    const double jitter = std::sqrt((9e-6 + 1e-6 + 9e-6 + 1e-6) / 3);
    CHECK(stats->jitter.count() == doctest::Approx(jitter));
    CHECK(stats->root_delay.count() == doctest::Approx(0.008));
    CHECK(stats->root_dispersion.count() == doctest::Approx(0.003));
    CHECK(stats->root_distance.count() == doctest::Approx(0.014 + 0.003 + jitter));
    CHECK(stats->expected_error.count() == doctest::Approx(0.0008 + 0.0007 + 0.002));
    CHECK(stats->stratum == 3);
    CHECK(stats->refid == 0x0a000001);
    CHECK(stats->leap == Leap::insert);
}

TEST_CASE("the offset is the mean of the third with the least delay, rounded up") {
    struct Row {
        int samples;
        int averaged;
    };
    for (const Row row :
         {Row{1, 1}, Row{2, 1}, Row{3, 1}, Row{4, 2}, Row{6, 2}, Row{7, 3}, Row{12, 4}}) {
        CAPTURE(row.samples);
        std::vector<Sample> samples;
        for (int i = 0; i < row.samples; ++i) {
            samples.push_back(sample(i, i, 0.010 + 0.001 * i));
        }
        const double mean = (row.averaged - 1) / 2.0;
        CHECK(summarise(series(samples), Ppm{}, at(0))->offset.count() == doctest::Approx(mean));
    }
}

TEST_CASE("one sample has no jitter and no queueing") {
    const auto stats = summarise(series({sample(0, 0.5, 0.010)}), Ppm{}, at(0));
    REQUIRE(stats);
    CHECK(stats->jitter == Seconds{0});
    CHECK(stats->queueing == Seconds{0});
}

TEST_CASE("offsets are moved along the drift to the reference instant") {
    const Ppm drift{100};
    const auto stats =
        summarise(series({sample(0, 0, 0.010), sample(10, 0.001, 0.010), sample(20, 0.002, 0.010)}),
                  drift, at(30));
    REQUIRE(stats);
    CHECK(stats->jitter.count() == doctest::Approx(0));
    CHECK(stats->offset.count() == doctest::Approx(0.003));
    CHECK(stats->least_offset.count() == doctest::Approx(0.003));
}

TEST_CASE("what is less certain by its age is no worse a server") {
    auto input = series({sample(0, 0.010, 0.020), sample(2, 0.010, 0.020)});
    const auto now = summarise(input, Ppm{}, at(2));
    for (Sample& one : input.samples) one.dispersion = Seconds{0.027};
    const auto then = summarise(input, Ppm{}, at(2));
    CHECK((then->root_distance - now->root_distance).count() == doctest::Approx(0.027));
    CHECK(then->root_dispersion == now->root_dispersion);
    CHECK(then->expected_error == now->expected_error);
}

Series on_a_line(double ppm, double span, int count, double noise = 0) {
    std::vector<Sample> samples;
    for (int i = 0; i < count; ++i) {
        const double time = span * i / (count - 1);
        samples.push_back(sample(time, 0.2 + ppm * 1e-6 * time + (i % 2 ? noise : -noise), 0.010));
    }
    return series(samples);
}

Ppm drift_of(const std::vector<Series>& all) {
    std::vector<const Series*> pointers;
    for (const Series& it : all) {
        pointers.push_back(&it);
    }
    return common_drift(pointers);
}

TEST_CASE("the common drift is the slope that most of the weight agrees on") {
    CHECK(drift_of({on_a_line(80, 60, 8), on_a_line(80, 60, 8), on_a_line(80, 60, 8)}).value ==
          doctest::Approx(80));
    // A clock that loses sees growing offsets: the correction is to speed up.
    CHECK(drift_of({on_a_line(-30, 60, 8), on_a_line(-30, 30, 8), on_a_line(500, 60, 8)}).value ==
          doctest::Approx(-30));
    // Three noisy servers do not outvote two exact ones.
    const Series exact = on_a_line(10, 60, 8), noisy = on_a_line(900, 60, 8, 0.01);
    CHECK(drift_of({exact, exact, noisy, noisy, noisy}).value == doctest::Approx(10));
}

TEST_CASE("a burst of delay that meets all servers at once is no drift of this clock") {
    const Series delayed =
        series({sample(0, -47e-6, 0.50e-3), sample(2, -57e-6, 0.52e-3), sample(3, -43e-6, 0.49e-3),
                sample(5, -49e-6, 0.50e-3), sample(6, -2420e-6, 5.25e-3)});
    CHECK(std::abs(drift_of({delayed, delayed, delayed}).value) < 10);
}

TEST_CASE("drift is told only by three servers with three samples over 4 s") {
    const Series good = on_a_line(50, 4, 3);
    CHECK(drift_of({good, good, good}).value == doctest::Approx(50));
    CHECK(drift_of({good, good}).value == 0);
    CHECK(drift_of({good, good, on_a_line(50, 3.9, 3)}).value == 0);
    CHECK(drift_of({good, good, on_a_line(50, 60, 2)}).value == 0);
    CHECK(drift_of({good, good, series({})}).value == 0);
    CHECK(drift_of({}).value == 0);
}

TEST_CASE("the order of the samples does not change the statistics") {
    std::mt19937 random(7);
    std::vector<Sample> samples;
    for (int i = 0; i < 9; ++i) {
        samples.push_back(sample(i, 0.001 * (i % 4), 0.010 + 0.002 * ((i * 5) % 9)));
    }
    const auto expected = summarise(series(samples), Ppm{20}, at(9));
    for (int round = 0; round < 50; ++round) {
        std::ranges::shuffle(samples, random);
        const auto stats = summarise(series(samples), Ppm{20}, at(9));
        CHECK(stats->offset.count() == doctest::Approx(expected->offset.count()));
        CHECK(stats->root_distance.count() == doctest::Approx(expected->root_distance.count()));
        CHECK(stats->expected_error.count() == doctest::Approx(expected->expected_error.count()));
    }
}

}  // namespace
}  // namespace clockwright
