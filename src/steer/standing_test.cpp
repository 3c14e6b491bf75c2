#include "steer/standing.h"

#include <doctest/doctest.h>

#include <cmath>

namespace clockwright {
namespace {

TEST_CASE("three answers, and the edges are nobody's favour") {
    struct Row {
        double offset, bound, limit;
        Standing standing;
    };
    using enum Standing;
    for (const Row& row :
         {Row{1e-4, 1e-3, 1e-3, within}, Row{1e-4, 1.0001e-3, 1e-3, not_demonstrated},
          Row{2e-3, 2.5e-3, 1e-3, beyond}, Row{-2e-3, 2.5e-3, 1e-3, beyond},
          Row{2e-3, 3e-3, 1e-3, not_demonstrated},  // it may be 1 ms just so
          Row{0, NAN, 1, not_demonstrated}, Row{NAN, 2, 1, not_demonstrated}}) {
        CAPTURE(row.offset);
        CAPTURE(row.bound);
        CHECK(held_to(Seconds{row.offset}, Seconds{row.bound}, Seconds{row.limit}) == row.standing);
    }
}

}  // namespace
}  // namespace clockwright
