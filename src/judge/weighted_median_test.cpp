#include "judge/weighted_median.h"

#include <doctest/doctest.h>

namespace clockwright {
namespace {

TEST_CASE("half of the weight lies on either side of the weighted median") {
    struct Row {
        const char* name;
        std::vector<Weighted> values;
        double median;
    };
    const std::vector<Row> rows{
        {"nothing", {}, 0},
        {"no weight", {{7, 0}}, 0},
        {"one", {{7, 0.1}}, 7},
        {"odd, equal weights", {{3, 1}, {1, 1}, {2, 1}}, 2},
        {"even, equal weights: the mean of the two in the middle",
         {{4, 1}, {1, 1}, {2, 1}, {9, 1}},
         3},
        {"even, weights that no double holds",
         {{1, 0.1}, {2, 0.1}, {3, 0.1}, {4, 0.1}, {5, 0.1}, {6, 0.1}},
         3.5},
        {"one outweighs the rest", {{0, 1}, {3, 0.2}, {3.5, 0.2}, {4, 0.2}}, 0},
        {"exactly half", {{0, 2}, {1, 1}, {2, 1}}, 0.5},
        {"a value without weight does not count", {{-100, 0}, {1, 1}, {2, 1}, {3, 1}}, 2},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        CHECK(weighted_median(row.values) == doctest::Approx(row.median));
    }
}

}  // namespace
}  // namespace clockwright
