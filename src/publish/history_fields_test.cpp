#include "publish/history_fields.h"

#include <doctest/doctest.h>

#include <limits>

#include "publish/history_export.h"
#include "tests/fakes/record_rows.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

constexpr WallTime noon = record_noon;

}  // namespace

TEST_CASE("a sample as a line of JSON has its units in its keys, and null for what is missing") {
    SampleRow row = sample_row(noon + 1ns, "ntp1", Seconds{2e-3});
    row.root_distance.reset();
    row.delay = Seconds{std::numeric_limits<double>::infinity()};
    CHECK(json_line(fields_of(row)) ==
          R"({"timestamp":"2027-01-15T12:00:00.000000001Z","host":"ntp1","address":"192.0.2.7",)"
          R"("offset_seconds":0.003,"error_seconds":0.002,"delay_seconds":null,)"
          R"("root_distance_seconds":null,"stratum":2,"authenticated":false,"by_daemon":false,)"
          R"("lost":null})");
}

TEST_CASE("a sample as CSV has a header with units and an empty cell for what is missing") {
    const Fields fields = fields_of(lost_row(noon, "ntp1"));
    CHECK(csv_header(fields) ==
          "timestamp,host,address,offset_seconds,error_seconds,delay_seconds,"
          "root_distance_seconds,stratum,authenticated,by_daemon,lost");
    CHECK(csv_line(fields) == "2027-01-15T12:00:00.000000000Z,ntp1,,,,,,,false,false,no answer");
}

TEST_CASE("no cell from the network is a formula, and every quote is doubled") {
    struct Row {
        std::string text, cell;
    };
    const Row rows[] = {{"=1+1", "'=1+1"},
                        {"+1", "'+1"},
                        {"-1", "'-1"},
                        {"@SUM(A1)", "'@SUM(A1)"},
                        {"\tx", "'\tx"},
                        {"=a,\"b\"", "\"'=a,\"\"b\"\"\""},
                        {"a \"b\"", "\"a \"\"b\"\"\""},
                        {"two\nlines", "\"two\nlines\""},
                        {"plain", "plain"}};
    for (const Row& row : rows) {
        CAPTURE(row.text);
        EventRow event = event_row(noon, "path", row.text);
        CHECK(csv_line(fields_of(event)) == "2027-01-15T12:00:00.000000000Z,path,,," + row.cell);
    }
    EventRow slow = event_row(noon, "step", "x");
    slow.size = Seconds{-0.84};
    CHECK(csv_line(fields_of(slow)) == "2027-01-15T12:00:00.000000000Z,step,,-0.84,x");
}

TEST_CASE("an hour of servers has the keys that the optimizer's file had, with units") {
    std::vector<SampleRow> samples;
    for (int n = 0; n < 3; ++n) samples.push_back(sample_row(noon + n * 1min, "ntp1"));
    samples[1].delay = Seconds{1e-3};
    samples[2].offset = Seconds{4e-3};
    samples.push_back(lost_row(noon + 4min, "ntp1"));
    samples.push_back(lost_row(noon + 61min, "ntp2"));
    const auto hours = hours_of(samples);
    REQUIRE(hours.size() == 2);
    CHECK(hour_json(hours[1]) ==
          R"({"timestamp":"2027-01-15T13:00:00Z","region":null,"servers":[{"hostname":"ntp2",)"
          R"("offset_seconds":null,"jitter_seconds":null,"stratum":null,)"
          R"("reachability_percent":0.0,"score":null}]})");
    const HourOfServer& worth = hours[0].servers.at(0);
    CHECK(worth.offset == Seconds{1e-3});
    CHECK(worth.jitter->count() == doctest::Approx(3e-3 / std::sqrt(2)));
    CHECK(worth.reachability == 75);
    CHECK(worth.score == 100.0);
    CHECK(worth.stratum == 2);
}
