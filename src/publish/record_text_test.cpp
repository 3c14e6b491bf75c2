#include "publish/record_text.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/fakes/canned_history.h"

using namespace clockwright;

namespace {

/// JSON and CSV tell the same members in the same order; each member of a row is told once.
template <class Row>
void check_both(const std::vector<Row>& rows) {
    const auto json = nlohmann::ordered_json::parse(rows_json(rows, 0));
    REQUIRE(json.size() == rows.size());
    std::string titles;
    for (const auto& [name, value] : json[0].items()) titles += (titles.empty() ? "" : ",") + name;
    CHECK(rows_csv(rows).starts_with(titles + "\r\n"));
    CHECK(nlohmann::json::parse(row_json(rows[0])) == nlohmann::json(json[0]));
}

}  // namespace

TEST_CASE("rows have the same members in JSON and in CSV") {
    const fakes::CannedHistory history;
    check_both(*history.samples({}));
    check_both(*history.clock({}));
    check_both(*history.verdicts({}));
    check_both(*history.events({}));
    check_both(*history.alerts({}));
    check_both(*history.runs({}));
    check_both(*history.rolled(Resolution::hour, {}));
}

TEST_CASE("a row of the clock is a line of CSV") {
    const fakes::CannedHistory history;
    CHECK(rows_csv(*history.clock({})) ==
          "at,offset_seconds,bound_seconds,frequency_ppm,demonstrated,stratum,agreeing,judged,"
          "authenticated,consensus_seconds,consensus_bound_seconds,daemon,sentence\r\n"
          "2026-11-20T18:04:12.000000Z,3e-05,0.0019,-11.5,true,0,0,0,,,,chrony,UTC is within "
          "±1.9 ms of this clock.\r\n");
}

TEST_CASE("no rows are an empty array, and titles alone") {
    CHECK(rows_json(std::vector<EventRow>{}, 0) == "[]");
    CHECK(rows_csv(std::vector<EventRow>{}) == "at,kind,subject,text,size_seconds\r\n");
}

TEST_CASE("a list stays a list in JSON and words in CSV") {
    const fakes::CannedHistory history;
    const auto json = nlohmann::json::parse(rows_json(*history.runs({}), 0));
    CHECK(json[0]["chosen"] == nlohmann::json{"ntp0.example", "ntp2.example"});
    CHECK(rows_csv(*history.runs({})).contains(",ntp0.example ntp2.example,"));
}
