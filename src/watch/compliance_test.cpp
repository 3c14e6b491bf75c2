#include "watch/compliance.h"

#include <doctest/doctest.h>

#include <cmath>

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

constexpr Seconds limit{5e-3};

ComplianceFinding held(const std::vector<ClockRow>& looks, Seconds against = limit) {
    const auto finding = hold_to_limit(looks, hour, against);
    const Seconds all =
        finding.within + finding.beyond + finding.not_demonstrated + finding.unrecorded;
    CHECK(all.count() == doctest::Approx(hour.length().count()));
    return finding;
}

ClockRow with_quorum(ClockRow look, double consensus, double bound) {
    look.consensus = Seconds{consensus};
    look.consensus_bound = Seconds{bound};
    return look;
}

}  // namespace

TEST_CASE("an hour within the limit is one stretch, wholly covered") {
    const auto finding = held(steady(9e-4));
    CHECK(finding.within == hour.length());
    CHECK(finding.coverage() == 1);
    CHECK(finding.concluded());
    REQUIRE(finding.stretches.size() == 1);
    CHECK(finding.bounds->count == 60);
}

TEST_CASE("a bound grows by 15 ppm until the next look, and must be within the limit then") {
    const auto finding = held(steady(9e-4));
    CHECK(finding.drift == Ppm{15});
    CHECK_FALSE(finding.drift_recorded);
    CHECK(finding.stretches[0].most_bound->count() == doctest::Approx(1.8e-3));
    CHECK(finding.bounds->least == doctest::Approx(1.8e-3));
    CHECK(held(steady(9e-4), Seconds{1.7e-3}).not_demonstrated == hour.length());
    CHECK(held(steady(9e-4), Seconds{1.81e-3}).within == hour.length());
}

TEST_CASE("a record of the rate that is long enough says what the bound grows by instead") {
    std::vector<ClockRow> looks;
    for (int i = 0; i < 1500; ++i) {
        looks.push_back(look(i * 1min - 25h, 9e-4));
        looks.back().frequency = Ppm{-12 + 2 * std::sin(0.7 * i)};
    }
    const auto finding = hold_to_limit(looks, {noon - 1h, noon}, limit);
    CHECK(finding.drift_recorded);
    CHECK(finding.drift > Ppm{2});
    CHECK(finding.drift < Ppm{5});
    for (ClockRow& one : looks)
        one.frequency = Ppm{-12 + 1e-3 * static_cast<double>((one.at - noon) / 1min % 3)};
    CHECK(hold_to_limit(looks, {noon - 1h, noon}, limit).drift == Ppm{1});
}

TEST_CASE("a look in holdover grows by no less than 15 ppm, however calm the rate was") {
    std::vector<ClockRow> looks;
    for (int i = 0; i < 1500; ++i) {
        looks.push_back(look(i * 1min - 25h, 9e-4));
        looks.back().frequency = Ppm{-12 + 1e-3 * (i % 3)};
    }
    const Period end{noon - 20min, noon};
    CHECK(hold_to_limit(looks, end, limit).bounds->most == doctest::Approx(9e-4 + 60e-6));
    for (std::size_t i = looks.size() - 60; i < looks.size(); ++i) looks[i].frequency = Ppm{-12};
    CHECK(hold_to_limit(looks, end, limit).bounds->most == doctest::Approx(9e-4 + 15 * 60e-6));
}

TEST_CASE("a look at a clock without a daemon grows by what a crystal may be off by") {
    std::vector<ClockRow> looks = steady(9e-4);
    for (ClockRow& look : looks) look.daemon = no_daemon_word;
    CHECK(held(looks, Seconds{0.1}).bounds->most == doctest::Approx(9e-4 + 60 * 100e-6));
}

TEST_CASE("a breach has its start, its end and its maximum") {
    auto looks = steady(9e-4);
    looks[22] = look(20min, 7.4e-3, 6.5e-3);
    looks[23] = look(21min, 9.2e-3, -8.5e-3);
    const auto finding = held(looks);
    REQUIRE(finding.stretches.size() == 3);
    const StandingStretch& breach = finding.stretches[1];
    CHECK(breach.standing == Standing::beyond);
    CHECK(breach.period.from == noon + 20min);
    CHECK(breach.period.to == noon + 22min);
    CHECK(breach.most_bound->count() == doctest::Approx(9.2e-3 + 9e-4));
    CHECK(breach.most_offset == Seconds{8.5e-3});
    CHECK(finding.beyond == Seconds{120});
}

TEST_CASE("a bound above the limit that proves nothing is not demonstrated, and so is no bound") {
    auto looks = steady(9e-4);
    looks[12].bound = Seconds{6e-3};
    looks[13].demonstrated = false;
    looks[14].bound.reset();
    const auto finding = held(looks);
    CHECK(finding.not_demonstrated == Seconds{180});
    CHECK(finding.beyond == Seconds{0});
    CHECK(finding.stretches.size() == 3);
}

TEST_CASE("what is not known of a stretch is empty, and no number") {
    const auto finding = held({});
    REQUIRE(finding.stretches.size() == 1);
    CHECK_FALSE(finding.stretches[0].most_bound);
    CHECK_FALSE(finding.stretches[0].most_offset);
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

TEST_CASE("two looks a day speak for an hour each, and not for the day") {
    const std::vector<ClockRow> looks{look(0s, 9e-4), look(12h, 9e-4)};
    const auto finding = hold_to_limit(looks, {noon, noon + 24h}, Seconds{1});
    CHECK(finding.within == Seconds(2h));
    CHECK(finding.unrecorded == Seconds(22h));
    CHECK_FALSE(finding.concluded());
    CHECK(hold_to_limit(looks, {noon, noon + 24h}, Seconds{0.05}).not_demonstrated == Seconds(2h));
}

TEST_CASE("an agent that changes its mode leaves no gap, whichever way") {
    std::vector<ClockRow> looks;
    for (std::chrono::seconds at = 0s; at < 1h; at += 4s) looks.push_back(look(at, 9e-4));
    for (std::chrono::seconds at = 1h; at < 12h; at += 30min) looks.push_back(look(at, 9e-4));
    for (std::chrono::seconds at = 12h; at < 13h; at += 64s) looks.push_back(look(at, 9e-4));
    CHECK(hold_to_limit(looks, {noon, noon + 13h}, Seconds{0.05}).within == Seconds(13h));
}

TEST_CASE("a single gap does not make looks rare, wherever it lies") {
    for (const int kept : {1, 2, 5}) {
        CAPTURE(kept);
        auto looks = steady(9e-4);
        looks.erase(looks.begin() + 12, looks.end() - kept);  // from the look at 9 min on
        CHECK(held(looks).unrecorded == Seconds{(60 - kept - 9 + 1 - 3) * 60.0});
    }
}

TEST_CASE(
    "a quorum that is sure of an error beyond the limit is a breach, whatever the daemon says") {
    auto looks = steady(9e-4);
    looks[12] = with_quorum(looks[12], 0.2, 0.01);
    looks[13] = with_quorum(looks[13], -0.2, 0.01);
    looks[13].demonstrated = false;
    const auto finding = held(looks);
    CHECK(finding.beyond == Seconds{120});
    REQUIRE(finding.stretches.size() == 3);
    CHECK(finding.stretches[1].most_offset == Seconds{0.2});
    CHECK(finding.stretches[1].most_bound->count() == doctest::Approx(0.21));
}

TEST_CASE("a quorum that contradicts the daemon and may lie beyond leaves it not demonstrated") {
    struct Row {
        double consensus, bound;
        Standing answer;
    };
    for (const Row& row : {Row{4.5e-3, 1e-3, Standing::not_demonstrated},
                           Row{3e-3, 1e-3, Standing::within},    // within by both
                           Row{4.5e-3, 0.03, Standing::within},  // wide: it excludes nothing
                           Row{0, 0.03, Standing::within}}) {
        CAPTURE(row.consensus);
        CAPTURE(row.bound);
        auto looks = steady(9e-4);
        for (ClockRow& one : looks) one = with_quorum(one, row.consensus, row.bound);
        const auto finding = held(looks);
        REQUIRE(finding.stretches.size() == 1);
        CHECK(finding.stretches[0].standing == row.answer);
    }
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
