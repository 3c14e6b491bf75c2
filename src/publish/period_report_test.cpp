#include "publish/period_report.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/fakes/record_rows.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime midnight{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}};

/// A week of looks, an hour of the third day not demonstrated.
PeriodReport weekly() {
    PeriodReport report;
    report.word = "weekly";
    report.host = "db1.corp.example";
    report.made_at = midnight + 7 * 24h;
    report.period = {midnight, midnight + 7 * 24h};
    std::vector<ClockRow> looks;
    for (int minute = 0; minute < 7 * 1440; minute += 5) {
        ClockRow look = clock_row(midnight + minute * 1min, Seconds{2e-3});
        look.bound = Seconds{4e-3};
        look.demonstrated = minute < 3000 || minute >= 3060;
        looks.push_back(look);
    }
    report.summary = summarise(looks, report.period);
    report.objectives = hold_to_objectives(*report.summary, SourceQuality{}, {});
    report.events = {event_row(midnight + 50h, "step", "this clock was set forward by 80 ms")};
    report.alerts = {alert_row(midnight + 51h)};
    return report;
}

/// A month in which the rate grows by 0.02 ppm a day, and a hardware clock that loses 12 ppm.
PeriodReport drift() {
    PeriodReport report;
    report.word = "drift";
    report.host = "db1.corp.example";
    report.made_at = midnight + 30 * 24h;
    report.period = {midnight, report.made_at};
    RateSummary rate;
    for (int hour = 0; hour < 720; hour += 3)
        rate.points.push_back({midnight + hour * 1h, Ppm{-12 + 0.02 * hour / 24}});
    for (int hour = 0; hour < 720; hour += 6)
        rate.rtc.push_back({midnight + hour * 1h, Seconds{12e-6 * hour * 3600}});
    report.rate = rate;
    return report;
}

}  // namespace

TEST_CASE("a report begins with what it concluded") {
    const auto told = period_statement(weekly());
    REQUIRE(told.size() == 3);
    CHECK(told[0] ==
          "The clock was demonstrated for 6 d 23 h of 7 d; not for 1 h (1 outage); nothing is "
          "recorded of 0 s.");
    CHECK(told[1] == "|offset|: 2.0 ms in the mean, 2.0 ms at most; bound: ±8.5 ms at most.");
    CHECK(told[2] == "Of 12 objectives 2 are missed.");
}

TEST_CASE("all forms tell the same") {
    const PeriodReport report = weekly();
    const auto json = nlohmann::json::parse(period_json(report));
    CHECK(json["report"] == "weekly");
    CHECK(json["not_demonstrated_seconds"] == 3600);
    CHECK(json["outage_most_seconds"] == 3600);
    CHECK(json["days"].size() == 7);
    CHECK(json["days"][2]["demonstrated"] == 276);
    CHECK(json["objectives"].size() == 12);
    const std::string csv = period_csv(report);
    CHECK(std::ranges::count(csv, '\n') == 8);
    CHECK(csv.contains("\r\n2026-11-22,288,276,0.002"));
    const std::string text = document_text(period_document(report));
    for (const char* heading : {"Objectives", "Day by day", "Not demonstrated", "Alerts",
                                "What moved the clock", "Changes of the configuration"}) {
        CAPTURE(heading);
        CHECK(text.contains(std::string("\n") + heading + "\n"));
    }
    CHECK(text.contains("this clock was set forward by 80 ms"));
    const std::string html = document_html(period_document(report));
    CHECK(html.contains("<h2>Day by day</h2>"));
    CHECK(html.contains("<svg "));
    CHECK_FALSE(text.contains("<svg "));
    CHECK_FALSE(document_markdown(period_document(report)).contains("<svg "));
}

TEST_CASE("a drift is told with its interval, of the oscillator and of the hardware clock") {
    const PeriodReport report = drift();
    const auto told = period_statement(report);
    REQUIRE(told.size() == 3);
    CHECK(told[0].starts_with("The rate was corrected by -11.7"));
    CHECK(told[1].starts_with("Its trend is +0.0200 ppm a day"));
    CHECK(told[1].ends_with("it goes one way."));
    CHECK(told[2].starts_with("The hardware clock loses 12.00 ppm"));
    const auto json = nlohmann::json::parse(period_json(report));
    CHECK(json["frequency_trend_per_day"]["ppm"].get<double>() == doctest::Approx(0.02));
    CHECK(json["rtc_rate"]["ppm"].get<double>() == doctest::Approx(12));
    PeriodReport summer = drift();
    for (std::size_t i = 0; i < 60; ++i) summer.rate->rtc[i].offset += Seconds{3600};
    CHECK(nlohmann::json::parse(period_json(summer))["rtc_rate"]["ppm"].get<double>() ==
          doctest::Approx(12));
    CHECK_FALSE(json.contains("objectives"));
    CHECK(period_csv(report).starts_with("at,frequency_ppm\r\n2026-11-20T00:00:00"));
}

TEST_CASE("without a record of the rate none is told") {
    PeriodReport report = drift();
    report.rate = RateSummary{};
    CHECK(period_statement(report).front() ==
          "No rate of the oscillator is recorded in the period.");
    CHECK(nlohmann::json::parse(period_json(report))["frequency_median_ppm"].is_null());
}

TEST_CASE("maintenance ends with what only a person can do") {
    PeriodReport report = weekly();
    report.word = "maintenance";
    report.rate = drift().rate;
    const std::string text = document_text(period_document(report));
    CHECK(text.contains("[ ] that alarms arrive: clockwright alert test"));
    CHECK(text.contains("The hardware clock loses"));
}
