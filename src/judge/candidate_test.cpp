#include "judge/candidate.h"

#include <doctest/doctest.h>

#include <vector>

namespace clockwright {
namespace {

TEST_CASE("the verdicts have the names of the outside contract, and the first six are not judged") {
    struct Row {
        Verdict verdict;
        const char* name;
        bool judged, truechimer;
    };
    const std::vector<Row> rows{
        {Verdict::unreachable, "unreachable", false, false},
        {Verdict::denied, "denied", false, false},
        {Verdict::unsynchronised, "unsynchronised", false, false},
        {Verdict::malformed, "malformed", false, false},
        {Verdict::too_distant, "too_distant", false, false},
        {Verdict::too_jittery, "too_jittery", false, false},
        {Verdict::falseticker, "falseticker", true, false},
        {Verdict::outlier, "outlier", true, false},
        {Verdict::truechimer, "truechimer", true, true},
        {Verdict::system_peer, "system_peer", true, true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        CHECK(to_string(row.verdict) == row.name);
        CHECK(is_judged(row.verdict) == row.judged);
        CHECK(is_truechimer(row.verdict) == row.truechimer);
    }
}

}  // namespace
}  // namespace clockwright
