#include "judge/clock_filter.h"

#include <doctest/doctest.h>

#include <cmath>

namespace clockwright {
namespace {

using std::chrono::seconds;

constexpr SteadyTime start{seconds{1000}};

Sample sample(SteadyTime at, double offset, double delay, double dispersion = 0) {
    Sample it;
    it.at = at;
    it.offset = Seconds{offset};
    it.delay = Seconds{delay};
    it.dispersion = Seconds{dispersion};
    it.stratum = 2;
    return it;
}

TEST_CASE("peer dispersion halves with every perfect sample (vector V-2)") {
    const double expected[]{15.9375, 7.9375, 3.9375, 1.9375, 0.9375, 0.4375, 0.1875, 0.0625, 0};
    ClockFilter filter;
    CHECK(filter.dispersion(start).count() == doctest::Approx(expected[0]));
    for (int valid = 1; valid <= 8; ++valid) {
        CAPTURE(valid);
        const Filtered result = filter.add(sample(start, 0, 0.010));
        CHECK(result.dispersion.count() == doctest::Approx(expected[valid]));
        CHECK(result.distance.count() == doctest::Approx(0.005 + expected[valid]));
    }
}

TEST_CASE("dispersion grows by 15 ppm, at most to 16 s") {
    ClockFilter filter;
    for (int i = 0; i < 8; ++i) {
        filter.add(sample(start, 0, 0.010));
    }
    const double weights = 1 - std::ldexp(1, -8);
    CHECK(filter.dispersion(start + seconds{86400}).count() == doctest::Approx(1.296 * weights));
    CHECK(filter.dispersion(start + seconds{100'000'000}).count() == doctest::Approx(16 * weights));
}

TEST_CASE("the sample with the least delay is believed, and never twice") {
    ClockFilter filter;
    const auto later = [](int polls) { return start + seconds{64 * polls}; };
    CHECK(filter.add(sample(later(0), 0.001, 0.030)).fresh);

    const Filtered nearer = filter.add(sample(later(1), 0.002, 0.020));
    CHECK(nearer.fresh);
    CHECK(nearer.best.offset == Seconds{0.002});

    const Filtered farther = filter.add(sample(later(2), 0.009, 0.040));
    CHECK_FALSE(farther.fresh);
    CHECK(farther.best.offset == Seconds{0.002});

    for (int poll = 3; poll < 9; ++poll) {
        CAPTURE(poll);
        CHECK_FALSE(filter.add(sample(later(poll), 0.009, 0.040)).fresh);
    }
    const Filtered after_it_left = filter.add(sample(later(9), 0.009, 0.039));
    CHECK(after_it_left.fresh);
    CHECK(after_it_left.best.at == later(9));
}

TEST_CASE("a best sample older than the last one used stays unused") {
    ClockFilter filter;
    filter.add(sample(start, 0, 0.030));
    filter.add(sample(start + seconds{64}, 0, 0.020));
    for (int poll = 2; poll < 8; ++poll) {
        filter.add(sample(start + seconds{64 * poll}, 0, 0.025));
    }
    // The sample of 20 ms leaves; the best of the rest is the oldest of 25 ms, newer than it.
    const Filtered result = filter.add(sample(start + seconds{64 * 9}, 0, 0.040));
    CHECK(result.best.delay == Seconds{0.020});
    CHECK_FALSE(result.fresh);
}

TEST_CASE("jitter is the root mean square around the best sample, no less than the precision") {
    ClockFilter filter(Seconds{1e-6});
    CHECK(filter.add(sample(start, 0.001, 0.010)).jitter == Seconds{1e-6});
    CHECK(filter.add(sample(start, 0.001, 0.020)).jitter == Seconds{1e-6});
    const Filtered result = filter.add(sample(start, 0.004, 0.030));
    CHECK(result.jitter.count() == doctest::Approx(0.003 / std::sqrt(2)));
}

TEST_CASE("a popcorn spike is dropped, unless it lasts") {
    const auto steady_filter = [] {
        ClockFilter filter;
        for (int poll = 0; poll < 4; ++poll) {
            filter.add(sample(start + seconds{64 * poll}, poll % 2 ? 1e-4 : 0, 0.020));
        }
        return filter;
    };
    const auto at_poll = [](int poll) { return start + seconds{64 * poll}; };

    ClockFilter filter = steady_filter();
    const Filtered spike = filter.add(sample(at_poll(4), 0.050, 0.010));
    CHECK(spike.fresh);
    CHECK(spike.spike);
    const Filtered next = filter.add(sample(at_poll(5), 1e-4, 0.009));
    CHECK(next.fresh);
    CHECK_FALSE(next.spike);

    ClockFilter stepped = steady_filter();
    CHECK(stepped.add(sample(at_poll(4), 0.050, 0.010)).spike);
    CHECK_FALSE(stepped.add(sample(at_poll(5), 0.050, 0.009)).spike);

    ClockFilter small = steady_filter();
    CHECK_FALSE(small.add(sample(at_poll(4), 2e-4, 0.010)).spike);
}

TEST_CASE("dummies push old samples out until the source is unknown again") {
    ClockFilter filter;
    filter.add(sample(start, 0, 0.010));
    for (int i = 0; i < 7; ++i) {
        CHECK(filter.dispersion(start).count() == doctest::Approx(7.9375));
        filter.add_dummy();
    }
    CHECK(filter.dispersion(start).count() == doctest::Approx(7.9375));
    filter.add_dummy();
    CHECK(filter.dispersion(start).count() == doctest::Approx(15.9375));
}

}  // namespace
}  // namespace clockwright
