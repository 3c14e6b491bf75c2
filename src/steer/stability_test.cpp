#include "steer/stability.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

namespace clockwright {
namespace {

using doctest::Approx;

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

/// The same by the definition: means of frequency over τ, and means of time for MDEV.
double adev_by_means(const std::vector<double>& x, std::size_t n, double spacing) {
    const double tau = static_cast<double>(n) * spacing;
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i + 2 * n < x.size(); ++i, ++count) {
        const double first = (x[i + n] - x[i]) / tau, second = (x[i + 2 * n] - x[i + n]) / tau;
        sum += (second - first) * (second - first);
    }
    return std::sqrt(sum / 2 / static_cast<double>(count));
}

double mdev_by_means(const std::vector<double>& x, std::size_t n, double spacing) {
    const double tau = static_cast<double>(n) * spacing;
    const auto mean = [&](std::size_t from) {
        double sum = 0;
        for (std::size_t i = from; i < from + n; ++i) sum += x[i];
        return sum / static_cast<double>(n);
    };
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i + 3 * n <= x.size(); ++i, ++count)
        sum += std::pow((mean(i + 2 * n) - 2 * mean(i + n) + mean(i)) / tau, 2);
    return std::sqrt(sum / 2 / static_cast<double>(count));
}

TEST_CASE("vector V-9 of the rule book") {
    const std::vector<double> x{0, 1, 3, 2, 5, 4, 8, 9, 7, 10};
    struct Row {
        std::size_t n;
        double adev, mdev, tdev, mtie;
    };
    for (const Row& row : {Row{1, 2.622022120, 2.622022120, 1.513825178, 4},
                           Row{2, 0.957427108, 0.728868987, 0.841625412, 5},
                           Row{3, 0.707106781, 0.351364184, 0.608580619, 6}}) {
        CAPTURE(row.n);
        const Stability found = stability(x, Seconds{1}, row.n);
        CHECK(*found.adev == Approx(row.adev).epsilon(1e-9));
        CHECK(*found.mdev == Approx(row.mdev).epsilon(1e-9));
        CHECK(found.tdev->count() == Approx(row.tdev).epsilon(1e-9));
        CHECK(found.mtie->count() == row.mtie);
    }
}

TEST_CASE("the overlapping sums are what the definitions by means give") {
    std::mt19937_64 random(7);
    std::normal_distribution<double> noise(0, 1e-6);
    std::vector<double> x{0};
    for (int i = 0; i < 400; ++i) x.push_back(x.back() + noise(random));
    for (const std::size_t n : {1U, 3U, 16U, 80U}) {
        CAPTURE(n);
        const Stability found = stability(x, Seconds{64}, n);
        CHECK(*found.adev == Approx(adev_by_means(x, n, 64)).epsilon(1e-9));
        CHECK(*found.mdev == Approx(mdev_by_means(x, n, 64)).epsilon(1e-9));
    }
    const auto all = stabilities(x, Seconds{64});
    REQUIRE(all.size() == 7);  // 1 … 64 of 401
    CHECK(all.back().tau == Seconds{64 * 64});
}

TEST_CASE("a rate that never changes is perfectly stable, whatever it is") {
    std::vector<double> x;
    for (int i = 0; i < 50; ++i) x.push_back(3e-6 * i);
    const Stability found = stability(x, Seconds{1}, 4);
    CHECK(*found.adev == Approx(0).epsilon(1e-15));
    CHECK(found.mtie->count() == Approx(12e-6));
}

TEST_CASE("a gap is left out and never bridged; a record of gaps tells nothing") {
    std::vector<double> x{0, 1, 3, 2, 5, 4, 8, 9, 7, 10};
    const std::vector<double> whole = x;
    x.insert(x.end(), {gap, 5000, 5001, 5003, 5002, 5005, 5004, 5008, 5009, 5007, 5010});
    for (const std::size_t n : {1U, 2U, 3U}) {
        CAPTURE(n);
        const Stability alone = stability(whole, Seconds{1}, n);
        const Stability twice = stability(x, Seconds{1}, n);
        CHECK(*twice.adev == Approx(*alone.adev));
        CHECK(*twice.mdev == Approx(*alone.mdev));
        CHECK(twice.tdev->count() == Approx(alone.tdev->count()));
        CHECK(*twice.mtie == *alone.mtie);
        CHECK(alone.terms == 10 - 2 * n);
        CHECK(twice.terms == 2 * alone.terms);
    }
    const Stability nothing = stability(std::vector<double>{gap, 1, gap, 2, gap}, Seconds{1}, 1);
    CHECK_FALSE(nothing.adev);
    CHECK_FALSE(nothing.mdev);
    CHECK_FALSE(nothing.tdev);
    CHECK_FALSE(nothing.mtie);
}

TEST_CASE("the free oscillator is what its offset and its corrections add up to") {
    // It loses 10 ppm and is corrected by just that: the clock itself is always right.
    std::vector<SteeredLook> looks;
    for (int i = 0; i < 5; ++i)
        looks.push_back({WallTime{} + std::chrono::seconds{64 * i}, Seconds{0}, Ppm{10}});
    looks[3].offset = Seconds{1e-4};
    const auto errors = free_errors(looks, Seconds{64});
    REQUIRE(errors.size() == 5);
    CHECK(errors[0] == 0);
    CHECK(errors[2] == Approx(-2 * 640e-6));
    CHECK(errors[3] == Approx(-3 * 640e-6 - 1e-4));
}

TEST_CASE("a missing look is not a number, and the stretch after it begins anew") {
    std::vector<SteeredLook> looks;
    for (const int at : {0, 64, 128, 320, 384})
        looks.push_back({WallTime{} + std::chrono::seconds{at}, Seconds{0}, Ppm{10}});
    const auto errors = free_errors(looks, Seconds{64});
    REQUIRE(errors.size() == 7);
    CHECK(std::isnan(errors[3]));
    CHECK(std::isnan(errors[4]));
    CHECK(errors[5] == 0);
    CHECK(errors[6] == Approx(-640e-6));
    CHECK(free_errors({}, Seconds{64}).empty());
}

}  // namespace
}  // namespace clockwright
