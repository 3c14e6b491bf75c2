#include "steer/rtc_verdict.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace clockwright {
namespace {

using namespace std::chrono_literals;

const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};

/// It is slow by so much.
RtcFacts slow_by(Seconds offset, Seconds zone = Seconds{3600}) {
    RtcFacts facts;
    facts.identity = RtcIdentity{"/dev/rtc0", "rtc_cmos", true};
    facts.reading = RtcReading{noon, noon - to_nanoseconds(offset), Seconds{1e-3}};
    facts.zone = zone;
    facts.clock_demonstrated = true;
    return facts;
}

/// Every six hours, losing `ppm`.
std::vector<RtcPoint> record_of(int n, double ppm) {
    std::vector<RtcPoint> record;
    for (int i = 0; i < n; ++i)
        record.push_back({noon - (n - i) * 6h,
                          Seconds{0.2 + ppm * 1e-6 * i * 21600 + (i % 2 == 0 ? 1e-3 : -1e-3)}});
    return record;
}

bool finds(const RtcVerdict& verdict, std::string_view words) {
    return std::ranges::any_of(verdict.findings,
                               [&](const std::string& text) { return text.contains(words); });
}

TEST_CASE("UTC or local is told by what it shows, and the zone is taken out of the offset") {
    const auto utc = judge_rtc(slow_by(Seconds{0.4}));
    CHECK(utc.mode == RtcMode::utc);
    CHECK(utc.offset == Seconds{0.4});
    CHECK(utc.findings.empty());
    const auto local = judge_rtc(slow_by(Seconds{-3599.5}));  // an hour ahead, in UTC+1
    CHECK(local.mode == RtcMode::local);
    CHECK(local.offset->count() == doctest::Approx(0.5));
    CHECK(finds(local, "runs on local time"));
    const auto other = judge_rtc(slow_by(Seconds{7200 + 12.0}));
    CHECK(other.mode == RtcMode::local);
    CHECK_FALSE(other.offset);
    CHECK(finds(other, "a time zone that is not this machine's"));
    const auto wrong = judge_rtc(slow_by(Seconds{-1000}));
    CHECK(wrong.mode == RtcMode::unknown);
    CHECK(finds(wrong, "would start with that error"));
}

TEST_CASE("in a zone that is UTC's the file decides, and a file that is wrong is told") {
    RtcFacts facts = slow_by(Seconds{0.1}, Seconds{0});
    CHECK(judge_rtc(facts).mode == RtcMode::utc);
    facts.local_by_file = true;
    CHECK(judge_rtc(facts).mode == RtcMode::local);
    facts.zone = Seconds{3600};
    CHECK(judge_rtc(facts).mode == RtcMode::utc);
    CHECK(finds(judge_rtc(facts), "/etc/adjtime says LOCAL"));
}

TEST_CASE("its rate over days has its confidence; beyond 200 ppm the battery is suspect") {
    struct Row {
        double ppm;
        Battery battery;
        bool poor;
    };
    for (const Row& row : {Row{12, Battery::unknown, false}, Row{-150, Battery::unknown, true},
                           Row{260, Battery::suspect, true}}) {
        CAPTURE(row.ppm);
        RtcFacts facts = slow_by(Seconds{0.4});
        facts.record = record_of(40, row.ppm);
        const RtcVerdict verdict = judge_rtc(facts);
        REQUIRE(verdict.rate);
        CHECK(verdict.rate->slope * 1e6 == doctest::Approx(row.ppm).epsilon(0.01));
        CHECK(verdict.rate->low <= row.ppm * 1e-6);
        CHECK(verdict.rate->high >= row.ppm * 1e-6);
        CHECK(verdict.battery == row.battery);
        CHECK(verdict.findings.empty() != row.poor);
    }
}

TEST_CASE("no rate where the kernel writes it, or where the record is short") {
    RtcFacts facts = slow_by(Seconds{0.4});
    facts.record = record_of(7, 12);
    CHECK_FALSE(judge_rtc(facts).rate);
    facts.record = record_of(40, 12);
    facts.kernel_writes = true;
    CHECK_FALSE(judge_rtc(facts).rate);
}

TEST_CASE("a jump is evidence and the rate is of what came after; summer time is no battery") {
    RtcFacts facts = slow_by(Seconds{0.4});
    facts.record = record_of(60, 12);
    for (std::size_t i = 0; i < 30; ++i) facts.record[i].offset += Seconds{47};
    const RtcVerdict jumped = judge_rtc(facts);
    CHECK(jumped.battery == Battery::suspect);
    CHECK(jumped.evidence.at(0).starts_with("it jumped by -46.7 s between 2026-11-12T18:00:00Z"));
    CHECK(jumped.rate->slope * 1e6 == doctest::Approx(12).epsilon(0.05));
    for (std::size_t i = 0; i < 30; ++i) facts.record[i].offset += Seconds{3600 - 47};
    const RtcVerdict summer = judge_rtc(facts);
    CHECK(summer.battery == Battery::unknown);
    CHECK(summer.rate->slope * 1e6 == doctest::Approx(12).epsilon(0.05));
}

TEST_CASE("each sign of the supply weighs as it should, and no sign is not called good") {
    RtcFacts facts = slow_by(Seconds{0.4});
    CHECK(judge_rtc(facts).battery == Battery::unknown);
    facts.voltage = RtcVoltage{};
    CHECK(judge_rtc(facts).battery == Battery::no_sign);
    facts.voltage = RtcVoltage{.backup_switched = true};
    CHECK(judge_rtc(facts).battery == Battery::no_sign);
    facts.voltage = RtcVoltage{.accuracy_low = true};
    CHECK(judge_rtc(facts).battery == Battery::suspect);
    for (const RtcVoltage& voltage :
         {RtcVoltage{.data_invalid = true}, RtcVoltage{.backup_low = true},
          RtcVoltage{.backup_empty = true}}) {
        facts.voltage = voltage;
        CHECK(judge_rtc(facts).battery == Battery::failing);
        CHECK(finds(judge_rtc(facts), "failing, replace it"));
    }
}

TEST_CASE("a clock that shows a date where they begin anew has lost its supply") {
    for (const int year : {1970, 1980, 2000}) {
        CAPTURE(year);
        RtcFacts facts = slow_by(Seconds{0});
        facts.reading->shows = std::chrono::sys_days{std::chrono::year{year} / 1 / 1} + 5h;
        CHECK(judge_rtc(facts).battery == Battery::failing);
    }
}

TEST_CASE(
    "years behind a clock that is right are evidence, the more so near the date of the BIOS") {
    const WallTime bios{std::chrono::sys_days{std::chrono::year{2019} / 4 / 1}};
    struct Row {
        const char* what;
        WallTime shows;
        bool bios_told, right;
        Battery battery;
    };
    for (const Row& row :
         {Row{"soon after the BIOS", bios + 24h * 20, true, true, Battery::failing},
          Row{"… of which nothing is told", bios + 24h * 20, false, true, Battery::suspect},
          Row{"… by a clock that may be wrong itself", bios + 24h * 20, true, false,
              Battery::unknown},
          Row{"long after it", bios + 24h * 400, true, true, Battery::suspect},
          Row{"ten months behind", noon - 24h * 300, true, true, Battery::unknown}}) {
        CAPTURE(row.what);
        RtcFacts facts = slow_by(Seconds(noon - row.shows));
        if (row.bios_told) facts.bios_date = bios;
        facts.clock_demonstrated = row.right;
        CHECK(judge_rtc(facts).battery == row.battery);
    }
    RtcFacts fresh = slow_by(Seconds{0.4});  // a machine as new as its BIOS
    fresh.bios_date = noon - 24h * 100;
    CHECK(judge_rtc(fresh).battery == Battery::unknown);
}

TEST_CASE("a clock that is set right now and then has no weak battery for it") {
    RtcFacts facts = slow_by(Seconds{0.4});
    facts.record = record_of(60, 30);
    for (std::size_t i = 0; i < 60; ++i)
        facts.record[i].offset = Seconds{0.5 + 12 * static_cast<double>(i % 3)};
    CHECK(judge_rtc(facts).battery == Battery::unknown);
}

TEST_CASE("what the kernel writes jumps by no fault of its battery") {
    RtcFacts facts = slow_by(Seconds{0});
    facts.record = record_of(60, 12);
    for (std::size_t i = 0; i < 30; ++i) facts.record[i].offset += Seconds{47};
    facts.kernel_writes = true;
    CHECK(judge_rtc(facts).battery == Battery::unknown);
}

TEST_CASE("without a reading nothing is claimed") {
    RtcFacts facts;
    facts.why_not = "/dev/rtc0 does not tick";
    const RtcVerdict verdict = judge_rtc(facts);
    CHECK(verdict.mode == RtcMode::unknown);
    CHECK_FALSE(verdict.offset);
    CHECK(verdict.battery == Battery::unknown);
    CHECK(verdict.findings.empty());
}

}  // namespace
}  // namespace clockwright
