// In generated worlds the chosen set is what docs/selection.md says.

#include <doctest/doctest.h>

#include "tests/world/trial.h"

namespace clockwright::worlds {
namespace {

const std::vector<Trial>& trials() {
    static const std::vector<Trial> all = [] {
        std::vector<Trial> list;
        for (std::uint64_t seed = 1; seed <= 240; ++seed) list.push_back(run_trial(seed));
        return list;
    }();
    return all;
}

TEST_CASE("the chosen set is within a quarter of the error of four random servers") {
    const Score ours = scores_of(trials()).back();
    CAPTURE(ours.ratio_high);
    CHECK(ours.ratio <= 0.25);
    CHECK(ours.over_10_ms == 0);
}

}  // namespace
}  // namespace clockwright::worlds
