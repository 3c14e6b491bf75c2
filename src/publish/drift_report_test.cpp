#include "publish/drift_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

using Json = nlohmann::json;

const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};

/// Five servers agree that 1.2 ms ± 0.5 ms must be added.
DriftReport measured() {
    DriftReport report;
    report.measured_at = noon;
    report.samples = 20;
    report.servers = 5;
    report.consensus = {.majority = true,
                        .agreeing = 5,
                        .judged = 5,
                        .low = Seconds{7e-4},
                        .high = Seconds{1.7e-3},
                        .offset = Seconds{1.2e-3},
                        .bound = Seconds{5e-4}};
    report.frequency = Ppm{-12.5};
    report.frequency_from = "chronyd";
    return report;
}

/// A day of updates whose rate climbs by `per_day`, and swings a little.
void add_record(DriftReport& report, double per_day) {
    for (int i = 0; i < 1350; ++i) {
        const double rate = -12.5 + per_day * i / 1350 + (i % 2 == 0 ? 0.01 : -0.01);
        report.looks.push_back({noon - 24h + i * 64s, Seconds{i % 5 * 1e-5}, Ppm{rate}});
    }
    report.record = updates_of(report.looks);
}

}  // namespace

TEST_CASE("the offset has its bound") {
    DriftReport report = measured();
    CHECK(
        drift_text(report, false)
            .starts_with("This clock is 1.2 ms ±500 µs slow: 5 of 5 servers agree (20 samples)."));
    report.consensus.bound = Seconds{7e-4};
    report.consensus.offset = Seconds{-2e-3};
    CHECK(drift_text(report, false).starts_with("This clock is 2.0 ms ±700 µs fast"));
}

TEST_CASE("the JSON is one line with the keys of the contract") {
    DriftReport report = measured();
    const std::string line = drift_json(report);
    CHECK(line.find('\n') == line.size() - 1);
    const Json json = Json::parse(line);
    CHECK(json["offset_seconds"] == 1.2e-3);
    CHECK(json["bound_seconds"] == 5e-4);
    CHECK(json["samples"] == 20);
    CHECK(json["servers"] == 5);
    CHECK(json["frequency_ppm"] == -12.5);
    CHECK(json["frequency_from"] == "chronyd");
    CHECK(json["trend"].is_null());
    CHECK(json["wander_ppm"].is_null());
    CHECK(json["alarms"].empty());
}

TEST_CASE("without a majority nothing is claimed: no offset, no bound, no forecast") {
    DriftReport report = measured();
    report.consensus = {.majority = false, .agreeing = 2, .judged = 4};
    const Json json = Json::parse(drift_json(report));
    CHECK(json["offset_seconds"].is_null());
    CHECK(json["bound_seconds"].is_null());
    CHECK(json["forecast"].empty());
    const std::string text = drift_text(report, false);
    CHECK(text.starts_with("Not demonstrated: the servers do not agree (2 of 4 do)."));
    CHECK(text.find("Without sync") == std::string::npos);
    report.servers = 0;
    CHECK(
        drift_text(report, false).starts_with("Not demonstrated: no server gave a valid answer."));
}

TEST_CASE("without a record the forecast presumes 15 ppm and says so") {
    const std::string text = drift_text(measured(), false);
    // 1.7 ms may be wrong now: 8.3 ms more at 15 ppm are 553 s.
    CHECK(text.find("Without sync it stays within 10 ms for 7 min") != std::string::npos);
    CHECK(text.find("within 1.0 ms") == std::string::npos);
    CHECK(text.find("there is no record long enough") != std::string::npos);
}

TEST_CASE("with a record the forecast is sharper, and the trend has its confidence") {
    DriftReport report = measured();
    add_record(report, 1.5);
    const Json json = Json::parse(drift_json(report));
    CHECK(json["trend"]["ppm_per_day"].get<double>() == doctest::Approx(1.5).epsilon(0.05));
    CHECK(json["trend"]["low_ppm_per_day"].get<double>() > 0);
    CHECK(json["wander_ppm"].get<double>() > 1.5 / 24);
    CHECK(json["wander_ppm"].get<double>() < 0.2);
    const Json& ten = json["forecast"][1];
    CHECK(ten["limit_seconds"] == 0.01);
    CHECK(ten["recorded"] == true);
    CHECK(ten["seconds"].get<double>() > 3600);
    CHECK(drift_text(report, false).find("by its record, and 15 ppm where") != std::string::npos);
}

TEST_CASE("rule T-8: a suspicious rate, one near the limit, and a jump are alarms") {
    DriftReport report = measured();
    CHECK(rate_alarms(report).empty());
    report.frequency = Ppm{-250};
    REQUIRE(rate_alarms(report).size() == 1);
    CHECK(rate_alarms(report)[0].starts_with("the rate needs 250 ppm, more than crystals do"));
    report.frequency = Ppm{450};
    CHECK(rate_alarms(report)[0].starts_with("the rate needs 450 ppm, near the 500 ppm"));
    report.frequency = Ppm{5};
    report.record = {{noon - 2h, Ppm{5}}, {noon - 90min, Ppm{25}}};
    REQUIRE(rate_alarms(report).size() == 1);
    CHECK(rate_alarms(report)[0].starts_with(
        "the rate jumped by +20.0 ppm within an hour, at 2026-11-20T10:30:00Z"));
    CHECK(drift_text(report, false).find("! the rate jumped") != std::string::npos);
}

TEST_CASE("the details tell how the offsets are spread and how stable the oscillator is") {
    DriftReport report = measured();
    CHECK(drift_text(report, true).find("No demonstrated look") != std::string::npos);
    add_record(report, 0);
    const std::string text = drift_text(report, true);
    CHECK(text.find("Offsets recorded: 1350 from 2026-11-19T12:00:00Z") != std::string::npos);
    CHECK(text.find("median +20 µs") != std::string::npos);
    CHECK(text.find("ADEV") != std::string::npos);
    CHECK(text.find("MTIE") != std::string::npos);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        CHECK(end - at <= 100);  // octets: "µ" and "±" count twice
        at = end + 1;
    }
}
