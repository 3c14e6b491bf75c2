#include "steer/bound.h"

#include <doctest/doctest.h>

namespace clockwright {
namespace {

DaemonReading reading(Seconds age, bool holdover, std::optional<Ppm> grows) {
    return {.offset = Seconds{-1e-4},
            .root_dispersion = Seconds{2e-4},
            .root_delay = Seconds{1e-3},
            .age = age,
            .grows = grows,
            .holdover = holdover};
}

TEST_CASE("the bound is offset, dispersion, half the root delay and the growth since") {
    const ErrorBound bound{.offset = Seconds{0.001},
                           .root_dispersion = Seconds{0.020},
                           .root_delay = Seconds{0.600},
                           .growth = Seconds{4},
                           .drift = {}};
    CHECK(bound.total().count() == doctest::Approx(4.321));
}

TEST_CASE("a clock that is fast is as wrong as one that is slow") {
    ErrorBound bound;
    bound.offset = Seconds{-0.003};
    CHECK(bound.total() == Seconds{0.003});
    bound.offset = Seconds{0.003};
    CHECK(bound.total() == Seconds{0.003});
}

TEST_CASE("free run grows by 15 ppm unless told otherwise") {
    CHECK(growth(Seconds{86400}).count() == doctest::Approx(1.296));
    CHECK(growth(Seconds{1000}, Ppm{1}).count() == doctest::Approx(1e-3));
    CHECK(growth(Seconds{0}) == Seconds{0});
}

TEST_CASE("a followed source: the daemon's own word, when its dispersion grows by itself") {
    const ErrorBound bound = bound_of(reading(Seconds{100}, false, Ppm{0.2}), Ppm{40});
    CHECK(bound.growth == Seconds{0});
    CHECK(bound.drift == Ppm{});
    CHECK(bound.total().count() == doctest::Approx(8e-4));
}

TEST_CASE("a daemon whose dispersion stands still is given 15 ppm since its update") {
    const ErrorBound bound = bound_of(reading(Seconds{2048}, false, std::nullopt), std::nullopt);
    CHECK(bound.growth.count() == doctest::Approx(2048 * 15e-6));
}

TEST_CASE("in holdover the largest of the daemon's growth, the record and, without one, 15 ppm") {
    struct Row {
        double own;
        std::optional<Ppm> wander;
        double drift;
    };
    for (const Row& row :
         {Row{0.5, std::nullopt, 15}, Row{0.5, Ppm{0.8}, 0.8}, Row{0.5, Ppm{0.1}, 0.5},
          Row{20, std::nullopt, 20}, Row{0, Ppm{60}, 60}}) {
        CAPTURE(row.own);
        CAPTURE(row.drift);
        const ErrorBound bound = bound_of(reading(Seconds{1000}, true, Ppm{row.own}), row.wander);
        CHECK(bound.drift.value == doctest::Approx(row.drift));
        // What its own dispersion tells already is not counted twice.
        CHECK(bound.growth.count() == doctest::Approx((row.drift - row.own) * 1e-3));
    }
}

}  // namespace
}  // namespace clockwright
