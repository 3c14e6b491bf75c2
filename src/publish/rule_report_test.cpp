#include "publish/rule_report.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "watch/rule_table.h"

using namespace clockwright;

namespace {

std::string document() {
    std::ifstream file(CLOCKWRIGHT_SOURCE_DIR "/docs/alerts.md");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Each line of the table must stand in the document; the rows that do not are shown.
void check_table(const std::string& table) {
    const std::string text = document();
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(text.find(line + "\n") != std::string::npos);
    }
    CHECK(text.find(table) != std::string::npos);
}

}  // namespace

TEST_CASE("docs/alerts.md has every rule with its limits, and every fact") {
    check_table(rules_markdown());
    check_table(facts_markdown());
}

TEST_CASE("the rules are told for people in 80 columns") {
    const std::string text =
        rules_text(built_in_rules(RuleClass::regulated_50ms), "regulated-50ms");
    CHECK(text.find("rules are in force (class regulated-50ms).") != std::string::npos);
    CHECK(text.find("|step_seconds| > 1.0 ms") != std::string::npos);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(line.size() <= 80);
    }
}

TEST_CASE("the rules are told for programs with every limit") {
    const auto json = nlohmann::json::parse(rules_json(built_in_rules(RuleClass::leaf), "leaf"));
    CHECK(json["class"] == "leaf");
    CHECK(json["rules"].size() == built_in_rules(RuleClass::leaf).size());
    CHECK(json["rules"][0] ==
          nlohmann::json{{"name", "clock_error"},
                         {"family", "clock_error"},
                         {"conditions",
                          {{{"fact", "bound_seconds"},
                            {"op", ">"},
                            {"value", 0.1},
                            {"clear", 0.1 * 0.8},
                            {"absolute", false}}}},
                         {"for_seconds", 120.0},
                         {"samples", 3},
                         {"severity", "warning"},
                         {"hazard", nullptr},
                         {"absent", "keeps"},
                         {"quiet_after_start", true},
                         {"server", nullptr},
                         {"message", built_in_rules(RuleClass::leaf)[0].message},
                         {"advice", built_in_rules(RuleClass::leaf)[0].advice}});
}
