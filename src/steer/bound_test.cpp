#include "steer/bound.h"

#include <doctest/doctest.h>

namespace clockwright {
namespace {

TEST_CASE("the bound is offset, dispersion, half the root delay and the growth since") {
    const ErrorBound bound{.offset = Seconds{0.001},
                           .root_dispersion = Seconds{0.020},
                           .root_delay = Seconds{0.600},
                           .growth = Seconds{4}};
    CHECK(bound.total().count() == doctest::Approx(4.321));
}

TEST_CASE("a clock that is fast is as wrong as one that is slow") {
    ErrorBound bound{.offset = Seconds{-0.003}};
    CHECK(bound.total() == Seconds{0.003});
    bound.offset = Seconds{0.003};
    CHECK(bound.total() == Seconds{0.003});
}

TEST_CASE("free run grows by 15 ppm unless told otherwise") {
    CHECK(growth(Seconds{86400}).count() == doctest::Approx(1.296));
    CHECK(growth(Seconds{1000}, 1e-6).count() == doctest::Approx(1e-3));
    CHECK(growth(Seconds{0}) == Seconds{0});
}

}  // namespace
}  // namespace clockwright
