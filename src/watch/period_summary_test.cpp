#include "watch/period_summary.h"

#include <doctest/doctest.h>

#include "tests/fakes/record_rows.h"

namespace clockwright {
namespace {

using namespace std::chrono_literals;

const WallTime midnight{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}};

/// A look a minute for two days: 1 ms off on the first, 3 ms on the second; two hours of the second
/// are not demonstrated, and one more is missing.
std::vector<ClockRow> two_days() {
    std::vector<ClockRow> looks;
    for (int minute = 0; minute < 2880; ++minute) {
        if (minute >= 2400 && minute < 2460) continue;
        ClockRow look = clock_row(midnight + minute * 1min, Seconds{minute < 1440 ? 1e-3 : -3e-3});
        look.bound = Seconds{5e-3};
        if (minute >= 1500 && minute < 1620) {
            look.demonstrated = false;
            look.offset.reset();
            look.bound.reset();
        }
        looks.push_back(look);
    }
    return looks;
}

TEST_CASE("a period is told in days, outages and gaps, and they make the period") {
    const auto looks = two_days();
    const PeriodSummary summary = summarise(looks, {midnight, midnight + 48h});
    CHECK(summary.demonstrated + summary.not_demonstrated + summary.unrecorded == Seconds(48h));
    CHECK(summary.not_demonstrated == Seconds(2h));
    CHECK(summary.unrecorded == Seconds(58min));  // a look holds for three minutes
    REQUIRE(summary.outages.size() == 1);
    CHECK(summary.outages[0].from == midnight + 25h);
    CHECK(summary.longest_outage() == Seconds(2h));
    CHECK_FALSE(summary.outage_cut);
    CHECK(summary.synchronised() == doctest::Approx(1 - 7200.0 / (48 * 3600 - 58 * 60)));
    REQUIRE(summary.days.size() == 2);
    CHECK(summary.days[0].at == midnight);
    CHECK(summary.days[0].looks == 1440);
    CHECK(summary.days[0].offsets->mean == doctest::Approx(1e-3));
    CHECK(summary.days[1].looks == 1380);
    CHECK(summary.days[1].demonstrated == 1260);
    CHECK(summary.days[1].offsets->most == doctest::Approx(3e-3));
    // Minutes, and the look before the gap counts for three.
    CHECK(summary.offsets->mean == doctest::Approx((1440 * 1e-3 + 1262 * 3e-3) / 2702));
    CHECK(summary.bounds->median == doctest::Approx(5e-3 + 60 * phi));
    CHECK(summary.bounds->most == doctest::Approx(5e-3 + 180 * phi));
}

TEST_CASE("an outage at a gap or at an end of the period is cut") {
    const auto looks = two_days();
    CHECK(summarise(looks, {midnight + 26h, midnight + 48h}).outage_cut);
    CHECK(summarise(looks, {midnight, midnight + 26h}).outage_cut);
    auto before_gap = looks;
    for (ClockRow& look : before_gap)
        look.demonstrated &= look.at < midnight + 2390min || look.at > midnight + 2400min;
    CHECK(summarise(before_gap, {midnight, midnight + 48h}).outage_cut);
}

TEST_CASE("a mean is one over time, however many looks there were of a part of it") {
    std::vector<ClockRow> looks;
    for (int i = 0; i < 450; ++i) looks.push_back(clock_row(midnight + i * 4s, Seconds{9e-3}));
    for (int i = 0; i < 5; ++i) looks.push_back(clock_row(midnight + (i + 1) * 30min, Seconds{0}));
    const PeriodSummary summary = summarise(looks, {midnight, midnight + 3h});
    CHECK(summary.offsets->mean == doctest::Approx(9e-3 / 6));
    CHECK(summary.days[0].offsets->mean == doctest::Approx(9e-3 / 6));
}

TEST_CASE("an offset is no less than the agent's own quorum is sure of, demonstrated or not") {
    std::vector<ClockRow> looks{clock_row(midnight), clock_row(midnight + 64s),
                                clock_row(midnight + 128s), clock_row(midnight + 192s)};
    looks[1].consensus = Seconds{0.2};
    looks[1].consensus_bound = Seconds{0.01};
    looks[2].demonstrated = false;
    looks[2].consensus = Seconds{-6};
    looks[2].consensus_bound = Seconds{0.5};
    const PeriodSummary summary = summarise(looks, {midnight, midnight + 256s});
    CHECK(summary.offsets->count == 4);
    CHECK(summary.offsets->most == doctest::Approx(5.5));
    CHECK(summary.bounds->count == 3);
    CHECK(summary.demonstrated == Seconds(192s));
}

TEST_CASE("without a look nothing is known, and nothing is claimed") {
    const PeriodSummary summary = summarise({}, {midnight, midnight + 24h});
    CHECK(summary.coverage() == 0);
    CHECK(summary.synchronised() == 0);
    CHECK(summary.days.empty());
    CHECK_FALSE(summary.offsets);
    CHECK_FALSE(summary.longest_outage());
}

TEST_CASE("servers are judged by those that the clock followed") {
    std::vector<SampleRow> samples;
    for (int i = 0; i < 4; ++i) {
        SampleRow followed =
            sample_row(midnight + i * 64s, "ntp1", Seconds{i % 2 == 0 ? 1e-3 : 3e-3});
        followed.by_daemon = true;
        followed.stratum = i == 3 ? 4 : 2;
        samples.push_back(followed);
        SampleRow watched = sample_row(midnight + i * 64s, "ntp2", Seconds{i * 1.0});
        watched.stratum = 15;
        samples.push_back(watched);
    }
    SampleRow lost = lost_row(midnight + 300s, "ntp1");
    lost.by_daemon = true;
    samples.push_back(lost);
    const SourceQuality quality = quality_of(samples, {});
    CHECK(quality.polls == 5);
    CHECK(quality.answered == 4);
    CHECK(quality.worst_stratum == 4);
    CHECK(quality.jitter->count() == doctest::Approx(2e-3));
    CHECK(quality.losses_known);
    CHECK_FALSE(quality_of({}, {}).jitter);
    // OpenNTPD shows its answers only.
    ClockRow look = clock_row(midnight);
    look.daemon = "openntpd";
    CHECK_FALSE(quality_of(samples, std::span(&look, 1)).losses_known);
}

}  // namespace
}  // namespace clockwright
