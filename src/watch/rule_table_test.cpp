#include "watch/rule_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "watch/alert_book.h"

using namespace clockwright;

namespace {

const Rule& named(const std::vector<Rule>& rules, std::string_view name) {
    const auto found = std::ranges::find(rules, name, &Rule::name);
    REQUIRE(found != rules.end());
    return *found;
}

}  // namespace

TEST_CASE("every built-in rule has known facts, a sentence, an advice and an unmistakable name") {
    for (const RuleClass host : rule_classes()) {
        CAPTURE(to_string(host));
        CHECK(parse_rule_class(to_string(host)) == host);
        std::set<std::string> names;
        for (const Rule& rule : built_in_rules(host)) {
            CAPTURE(rule.name);
            CHECK(names.insert(rule.name).second);
            CHECK(is_built_in(rule.name));
            CHECK_FALSE(rule.family.empty());
            CHECK_FALSE(rule.advice.empty());
            CHECK(rule.message.ends_with(" ({evidence})"));
            CHECK(rule.samples >= 1);
            REQUIRE_FALSE(rule.conditions.empty());
            for (const Condition& condition : rule.conditions) {
                CAPTURE(condition.fact);
                CHECK(find_fact(condition.fact) != nullptr);
            }
            CHECK((rule.message.find("{subject}") != std::string::npos) == is_of_server(rule));
        }
    }
    CHECK_FALSE(parse_rule_class("regulated").has_value());
}

TEST_CASE("only what happens in one moment fires on one sample") {
    std::set<std::string> at_once;
    for (const Rule& rule : built_in_rules(RuleClass::leaf)) {
        if (rule.samples < 3) at_once.insert(rule.name);
    }
    CHECK(at_once == std::set<std::string>{"clock_stepped", "clock_stepped_back",
                                           "clock_stood_still", "clocksource_changed",
                                           "reference_jumped", "server_denies", "server_stepped"});
}

TEST_CASE("the limits of each class are those of rule AL-2") {
    struct Row {
        RuleClass host;
        const char* rule;
        const char* fact;
        double limit;
    };
    using enum RuleClass;
    for (const Row& row :
         {Row{leaf, "clock_error", "bound_seconds", 0.1},
          Row{leaf, "clock_error_critical", "bound_seconds", 0.5},
          Row{server, "clock_error", "bound_seconds", 0.01},
          Row{regulated_50ms, "clock_error_critical", "bound_seconds", 0.045},
          Row{regulated_100us, "clock_error", "bound_seconds", 50e-6},
          Row{leaf, "update_age", "update_age_polls", 4},
          Row{regulated_100us, "update_age_critical", "update_age_seconds", 30},
          Row{server, "truechimers", "truechimers", 4},
          Row{leaf, "truechimers_critical", "truechimers", 2},
          Row{leaf, "clock_frequency", "frequency_ppm", 200},
          Row{regulated_100us, "clock_frequency_critical", "frequency_change_ppm", 50},
          Row{leaf, "clock_stepped", "step_seconds", 0.128},
          Row{regulated_50ms, "clock_stepped", "step_seconds", 1e-3},
          Row{server, "clock_stepped", "step_seconds", 0},
          Row{leaf, "server_reach", "reach_share", 0.75},
          Row{leaf, "server_reach_critical", "reach_share", 0.375}}) {
        CAPTURE(to_string(row.host));
        CAPTURE(row.rule);
        const Condition condition = named(built_in_rules(row.host), row.rule).conditions.front();
        CHECK(condition.fact == row.fact);
        CHECK(condition.limit == row.limit);
    }
}

TEST_CASE("hazards of the rule book whose facts exist have a rule") {
    std::set<std::string> hazards;
    for (const Rule& rule : built_in_rules(RuleClass::leaf)) hazards.insert(rule.hazard);
    for (const char* hazard :
         {"H-1",  "H-2",  "H-3",  "H-4",  "H-5",  "H-6",  "H-9",  "H-10", "H-12",
          "H-13", "H-14", "H-16", "H-17", "H-18", "H-20", "H-21", "H-23", "H-29",
          "H-30", "H-31", "H-32", "H-33", "H-36", "H-37", "H-39"}) {
        CAPTURE(hazard);
        CHECK(hazards.contains(hazard));
    }
}

TEST_CASE("silence of the daemon is an error") {
    const auto rules = built_in_rules(RuleClass::leaf);
    for (const char* name : {"not_demonstrated", "daemon_down", "daemon_silent"}) {
        CAPTURE(name);
        CHECK(evaluate(named(rules, name), {}, FactTable({}), false) == Truth::yes);
    }
}

TEST_CASE("a step back is worse than a step") {
    const auto rules = built_in_rules(RuleClass::leaf);
    const auto fires = [&](const char* name, double step) {
        const std::vector<Fact> facts{{"step_seconds", "", step, ""}};
        return evaluate(named(rules, name), {}, FactTable(facts), false) == Truth::yes;
    };
    CHECK(fires("clock_stepped", 0.2));
    CHECK_FALSE(fires("clock_stepped_back", 0.2));
    CHECK(fires("clock_stepped_back", -0.2));
    CHECK_FALSE(fires("clock_stepped_back", -0.1));
    CHECK(named(rules, "clock_stepped_back").family == named(rules, "clock_stepped").family);
}

TEST_CASE("what the daemon said of a server is over when it says it no more") {
    const std::vector<std::pair<std::string, Fact>> rows{
        {"selected_dead", {"selected_dead", "ntp1", 1, ""}},
        {"too_frequent", {"impolite", "ntp1", 1, ""}},
        {"nts_cookies", {"nts_cookies", "ntp1", 3, ""}},
        {"nts_cookies_critical", {"nts_cookies", "ntp1", 0, ""}}};
    for (const auto& [name, fact] : rows) {
        CAPTURE(name);
        const std::vector<Rule> rules{named(built_in_rules(RuleClass::leaf), name)};
        const Fact watched{"silent_seconds", "ntp1", 1, ""};
        AlertBook book;
        Now now{WallTime{std::chrono::hours{500'000}}, SteadyTime{std::chrono::hours{1}}};
        const auto step = [&](const std::vector<Fact>& facts) {
            for (int i = 0; i < 10; ++i) {
                now.wall += std::chrono::minutes{1};
                now.steady += std::chrono::minutes{1};
                book.step(now, rules, facts);
            }
        };
        step({watched, fact});
        REQUIRE(book.open().size() == 1);
        CHECK(book.open()[0].state == AlertState::firing);
        step({watched});
        CHECK(book.open().empty());
    }
}
