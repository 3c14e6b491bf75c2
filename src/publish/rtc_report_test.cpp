#include "publish/rtc_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};

RtcReport report_of(RtcFacts facts) {
    RtcVerdict verdict = judge_rtc(facts);
    return {std::move(facts), std::move(verdict)};
}

RtcFacts slow_by(Seconds offset) {
    RtcFacts facts;
    facts.identity = RtcIdentity{"/dev/rtc0", "rtc_cmos", true};
    facts.reading = RtcReading{noon, noon - to_nanoseconds(offset), Seconds{1e-3}};
    facts.clock_demonstrated = true;
    return facts;
}

}  // namespace

TEST_CASE("a machine without a hardware clock is told what that means") {
    CHECK(rtc_text(report_of({})).starts_with("This machine has no hardware clock: its time is"));
    const auto json = nlohmann::json::parse(rtc_json(report_of({}), 0).text());
    CHECK(json["device"].is_null());
    CHECK(json["offset_seconds"].is_null());
    CHECK(json["battery"] == "unknown");
}

TEST_CASE("offset, rate and battery stand in words, each with what it rests on") {
    RtcFacts facts = slow_by(Seconds{0.42});
    for (int i = 0; i < 40; ++i)
        facts.record.push_back({noon - (40 - i) * 6h, Seconds{12e-6 * i * 21600}});
    facts.voltage = RtcVoltage{.backup_low = true};
    const RtcReport report = report_of(facts);
    const std::string text = rtc_text(report);
    CHECK(text.starts_with("/dev/rtc0 (rtc_cmos) keeps UTC and is 420 ms ±1.0 ms slow."));
    CHECK(text.contains("Rate: it loses 12.00 ppm, 1.04 s a day"));
    CHECK(text.contains("Battery: failing: its driver says that the battery is low."));
    const auto json = nlohmann::json::parse(rtc_json(report, 0).text());
    CHECK(json["mode"] == "utc");
    CHECK(json["offset_seconds"] == 0.42);
    CHECK(json["rate_ppm"].get<double>() == doctest::Approx(12));
    CHECK(json["battery"] == "failing");
    CHECK(json["evidence"].size() == 1);
    CHECK(json["findings"].size() == 1);
    CHECK(json["read_at"] == "2026-11-20T12:00:00Z");
}

TEST_CASE("what could not be read, and what it was compared with, is said") {
    RtcFacts facts = slow_by(Seconds{0.42});
    facts.clock_demonstrated = false;
    CHECK(rtc_text(report_of(facts)).contains("nothing shows to be right"));
    facts.reading.reset();
    facts.why_not = "/dev/rtc0 does not tick";
    CHECK(rtc_text(report_of(facts)).starts_with("Not read: /dev/rtc0 does not tick"));
    CHECK(nlohmann::json::parse(rtc_json(report_of(facts), 0).text())["fault"] == facts.why_not);
    facts.kernel_writes = true;
    CHECK(rtc_text(report_of(facts)).contains("every 11"));
}

TEST_CASE("a clock that showed no time was set by an unknown amount, and not by none") {
    CHECK(rtc_setting_text(Seconds{2}, {}) == "the hardware clock was set by +2.0 s");
    CHECK(rtc_setting_text(std::nullopt, "new battery") ==
          "the hardware clock was set; what it showed could not be read: new battery");
}

TEST_CASE("it is set from a clock that is demonstrated within 100 ms, and by one hand alone") {
    const RtcFacts fine = slow_by(Seconds{2});
    CHECK(why_not_set(report_of(fine), Seconds{0.05}).empty());
    CHECK(why_not_set(report_of(fine), std::nullopt).starts_with("nothing shows that the system"));
    CHECK(why_not_set(report_of(fine), Seconds{0.2}).contains("only known within 200 ms"));
    RtcFacts written = fine, local = fine;
    written.kernel_writes = local.local_by_file = true;
    CHECK(why_not_set(report_of(written), Seconds{0.05}).contains("every 11 minutes"));
    CHECK(why_not_set(report_of(local), Seconds{0.05}).contains("/etc/adjtime"));
    CHECK(why_not_set(report_of({}), Seconds{0.05}) == "this machine has no hardware clock");
}
