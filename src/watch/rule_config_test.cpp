#include "watch/rule_config.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace clockwright;

namespace {

std::vector<RuleSetting> read(std::string_view toml) {
    std::vector<std::string> faults;
    auto settings = read_rule_settings("r.toml", toml, faults);
    CAPTURE(faults.empty() ? "" : faults.front());
    REQUIRE(faults.empty());
    return settings;
}

std::vector<std::string> faults_of(std::string_view toml) {
    std::vector<std::string> faults;
    read_rule_settings("r.toml", toml, faults);
    return faults;
}

const Rule* named(const std::vector<Rule>& rules, std::string_view name) {
    const auto found = std::ranges::find(rules, name, &Rule::name);
    return found == rules.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("a rule of the user stands after the built-in ones") {
    const auto settings = read(R"(
[[rule]]
name = "ntp1_far"
fact = "error_seconds"
op = ">"
value = "5ms"
clear = 0.004
for = "5m"
samples = 4
severity = "critical"
server = "ntp1.*"
message = "{subject} is far: {value}"
advice = "call Bob"
absent = "fires"
and = [{ fact = "majority", op = "==", value = true }]
)");
    const auto rules = rules_in_force(RuleClass::leaf, settings);
    const Rule& rule = rules.back();
    CHECK(rule.name == "ntp1_far");
    REQUIRE(rule.conditions.size() == 2);
    CHECK(rule.conditions[0] ==
          Condition{.fact = "error_seconds", .limit = 0.005, .clear = 0.004, .absolute = true});
    CHECK(rule.conditions[1] ==
          Condition{.fact = "majority", .relation = Relation::equal, .limit = 1});
    CHECK(rule.hold == Seconds{300});
    CHECK(rule.samples == 4);
    CHECK(rule.severity == AlertSeverity::critical);
    CHECK(rule.server == "ntp1.*");
    CHECK(rule.message == "{subject} is far: {value}");
    CHECK(rule.advice == "call Bob");
    CHECK(rule.absent == Absent::fires);
}

TEST_CASE("a rule of the user is never fired by one sample unless it says so") {
    const auto rules = rules_in_force(
        RuleClass::leaf,
        read("[[rule]]\nname = \"far\"\nfact = \"bound_seconds\"\nop = \">\"\nvalue = 1\n"));
    CHECK(rules.back().samples == 3);
    CHECK(rules.back().severity == AlertSeverity::warning);
}

TEST_CASE("a lower limit of a signed fact is taken as written") {
    const auto rules = rules_in_force(
        RuleClass::leaf,
        read("[[rule]]\nname = \"slow\"\nfact = \"offset_seconds\"\nop = \"<\"\nvalue = -0.5\n"
             "[[rule]]\nname = \"one_side\"\nfact = \"offset_seconds\"\nop = \">\"\nvalue = 0.5\n"
             "absolute = false\n"));
    CHECK_FALSE(named(rules, "slow")->conditions.front().absolute);
    CHECK_FALSE(named(rules, "one_side")->conditions.front().absolute);
}

TEST_CASE("a limit of a step back keeps its sign in every class") {
    const auto settings = read("[[rule]]\nname = \"clock_stepped_back\"\nvalue = \"10ms\"\n");
    for (const RuleClass of : {RuleClass::leaf, RuleClass::server, RuleClass::regulated_100us})
        CHECK(named(rules_in_force(of, settings), "clock_stepped_back")->conditions[0].limit ==
              -0.01);
}

TEST_CASE("a built-in rule keeps what its setting does not say") {
    const auto before = built_in_rules(RuleClass::leaf);
    const auto rules = rules_in_force(RuleClass::leaf, read("[[rule]]\nname = \"clock_error\"\n"
                                                            "value = 0.2\nfor = \"1m\"\n"));
    CHECK(rules.size() == before.size());
    const Rule& changed = *named(rules, "clock_error");
    CHECK(changed.conditions.front().limit == 0.2);
    CHECK(changed.conditions.front().clear.value() == doctest::Approx(0.16));
    CHECK(changed.hold == Seconds{60});
    CHECK(changed.message == named(before, "clock_error")->message);
}

TEST_CASE("a built-in rule is switched off, and on again by a later file") {
    auto settings = read("[[rule]]\nname = \"server_wrong\"\nenabled = false\n");
    CHECK(named(rules_in_force(RuleClass::leaf, settings), "server_wrong") == nullptr);
    for (const RuleSetting& more : read("[[rule]]\nname = \"server_wrong\"\nenabled = true\n"))
        settings.push_back(more);
    CHECK(named(rules_in_force(RuleClass::leaf, settings), "server_wrong") != nullptr);
}

TEST_CASE("every fault of a rule has its file, line and key") {
    const auto faults = faults_of(R"(
[[rule]]
name = "Bad Name"
[[rule]]
fact = "bound_seconds"
[[rule]]
name = "mine"
fact = "no_such_fact"
op = "=>"
value = "soon"
for = 5
samples = 0
severity = "loud"
colour = "red"
and = [{ fact = "majority" }]
[[rule]]
name = "clock_error"
fact = "bound_seconds"
[[rule]]
name = "host_only"
fact = "bound_seconds"
op = ">"
value = 1
clear = 2
server = "ntp1"
)");
    for (const char* part :
         {"r.toml:3: rule.name: must be small letters", "r.toml:4: rule.name: is missing",
          "r.toml:8: rule.fact: \"no_such_fact\" is no fact", "r.toml:9: rule.op: must be one of",
          "r.toml:10: rule.value: must be a number", "r.toml:11: rule.for: must be a duration",
          "r.toml:12: rule.samples: must be a whole number", "r.toml:13: rule.severity: must be",
          "r.toml:14: rule.colour: no such key", "r.toml:15: rule.and.op: is missing",
          "r.toml:18: rule.fact: clock_error is a built-in rule",
          "r.toml:24: rule.clear: is not on the good side",
          "r.toml:25: rule.server: no fact of this rule is a server's"}) {
        CAPTURE(part);
        CHECK(std::ranges::any_of(
            faults, [&](const std::string& fault) { return fault.starts_with(part); }));
    }
}

TEST_CASE("what is no list of tables is one fault") {
    CHECK(faults_of("rule = 3").size() == 1);
    CHECK(faults_of("[rule]\nname = \"x\"").size() == 1);
    CHECK(faults_of("rule = [1, 2]").size() == 1);
    CHECK(faults_of("[[rule]").size() == 1);
    CHECK(faults_of("[select]\ncount = 3").empty());
}
