#include "watch/compliance.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};
const Period hour{noon, noon + 1h};

ClockRow look(std::chrono::nanoseconds after, double bound, double offset = 0) {
    ClockRow row;
    row.at = noon + after;
    row.demonstrated = true;
    row.offset = Seconds{offset};
    row.bound = Seconds{bound};
    return row;
}

/// One a minute, from two minutes before noon on.
std::vector<ClockRow> steady(double bound) {
    std::vector<ClockRow> looks;
    for (int i = -2; i < 61; ++i) looks.push_back(look(i * 1min, bound));
    return looks;
}

ComplianceFinding held(const std::vector<ClockRow>& looks) {
    const auto finding = hold_to_limit(looks, hour, Seconds{1e-3});
    const Seconds all =
        finding.within + finding.beyond + finding.not_demonstrated + finding.unrecorded;
    CHECK(all.count() == doctest::Approx(hour.length().count()));
    return finding;
}

}  // namespace

TEST_CASE("an hour within the limit is one stretch, wholly covered") {
    const auto finding = held(steady(9e-4));
    CHECK(finding.within == hour.length());
    CHECK(finding.coverage() == 1);
    CHECK(finding.concluded());
    REQUIRE(finding.stretches.size() == 1);
    CHECK(finding.stretches[0].most_bound == Seconds{9e-4});
    CHECK(finding.bounds->count == 60);
}

TEST_CASE("a breach has its start, its end and its maximum") {
    auto looks = steady(9e-4);
    looks[22] = look(20min, 3.4e-3, 2.5e-3);
    looks[23] = look(21min, 5.2e-3, -4.5e-3);
    const auto finding = held(looks);
    REQUIRE(finding.stretches.size() == 3);
    const StandingStretch& breach = finding.stretches[1];
    CHECK(breach.standing == Standing::beyond);
    CHECK(breach.period.from == noon + 20min);
    CHECK(breach.period.to == noon + 22min);
    CHECK(breach.most_bound == Seconds{5.2e-3});
    CHECK(breach.most_offset == Seconds{4.5e-3});
    CHECK(finding.beyond == Seconds{120});
}

TEST_CASE("a bound above the limit that proves nothing is not demonstrated, and so is no bound") {
    auto looks = steady(9e-4);
    looks[12].bound = Seconds{2e-3};
    looks[13].demonstrated = false;
    looks[14].bound.reset();
    const auto finding = held(looks);
    CHECK(finding.not_demonstrated == Seconds{180});
    CHECK(finding.beyond == Seconds{0});
    CHECK(finding.stretches.size() == 3);
}

TEST_CASE(
    "a gap is not recorded from three usual distances on, and below nine tenths nothing "
    "is concluded") {
    auto looks = steady(9e-4);
    looks.erase(looks.begin() + 12, looks.begin() + 15);  // looks at 9 and 13 min
    CHECK(held(looks).unrecorded == Seconds{60});
    CHECK(held(looks).concluded());
    looks.erase(looks.begin() + 12, looks.begin() + 20);
    const auto finding = held(looks);
    CHECK(finding.unrecorded == Seconds{9 * 60});
    CHECK_FALSE(finding.concluded());
    CHECK_FALSE(finding.stretches[1].recorded);
}

TEST_CASE("no record at all covers nothing, and two boots in one second break nothing") {
    const auto nothing = held({});
    CHECK(nothing.coverage() == 0);
    CHECK_FALSE(nothing.bounds);
    CHECK(nothing.unrecorded == hour.length());
    auto looks = steady(9e-4);
    looks.insert(looks.begin() + 5, looks[4]);
    CHECK(held(looks).within == hour.length());
}

TEST_CASE("the clock that was set back leaves looks out of order, and no time is counted twice") {
    auto looks = steady(9e-4);
    std::swap(looks[20], looks[21]);
    CHECK(held(looks).within == hour.length());
}
