#include "publish/change_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/fakes/record_rows.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

ChangeSide side(WallTime from, Seconds offset, int answered, std::optional<int> stratum) {
    std::vector<ClockRow> looks;
    for (int minute = 0; minute < 1440; ++minute)
        looks.push_back(clock_row(from + minute * 1min, offset));
    return {summarise(looks, {from, from + 24h}), {100, answered, stratum, Seconds{2e-3}}};
}

ChangeReport changed() {
    ChangeReport report;
    report.host = "db1";
    report.made_at = record_noon + 30h;
    report.change = {record_noon, "7f3c9a", "uid 0", "CHG-17", "applied"};
    report.added = {"ntp3.corp.example"};
    report.before = side(record_noon - 24h, Seconds{45.2e-3}, 78, std::nullopt);
    report.after = side(record_noon, Seconds{1.8e-3}, 100, 3);
    return report;
}

}  // namespace

TEST_CASE("what a change was worth stands side by side") {
    const std::string text = document_text(change_document(changed()));
    CHECK(text.contains("Change 7f3c9a at 2027-01-15T12:00:00Z"));
    CHECK(text.contains("By uid 0: CHG-17. Outcome: applied."));
    CHECK(text.contains("Added: ntp3.corp.example. Removed: none."));
    const Document document = change_document(changed());
    const auto& rows = document.sections[1].table->rows;
    CHECK(rows[0] == std::vector<std::string>{"mean |offset|", "45.2 ms", "1.8 ms", "-96 %"});
    CHECK(rows[4] == std::vector<std::string>{"worst stratum", "-", "3", ""});
    CHECK(rows[5] == std::vector<std::string>{"polls answered, %", "78", "100", ""});
}

TEST_CASE("what is not known of a side is null") {
    ChangeReport report = changed();
    report.after = {};
    const auto json = nlohmann::json::parse(change_json(report));
    CHECK(json["before"]["offset_mean_seconds"].get<double>() == doctest::Approx(0.0452));
    CHECK(json["before"]["reach_percent"] == 78);
    CHECK(json["before"]["stratum_worst"].is_null());
    CHECK(json["after"]["offset_mean_seconds"].is_null());
    CHECK(json["after"]["reach_percent"].is_null());
    CHECK(json["add"] == nlohmann::json{"ntp3.corp.example"});
    CHECK(change_csv(report).contains("reach_percent,78,\r\n"));
}
