#include "watch/rule.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace clockwright;

namespace {

Rule rule_of(Condition condition, Absent absent = Absent::keeps) {
    Rule rule{.name = "r", .conditions = {std::move(condition)}};
    rule.message = "{subject}: {value} over {limit} ({evidence})";
    rule.absent = absent;
    return rule;
}

Truth truth_of(const Rule& rule, const std::vector<Fact>& facts, bool was_firing = false,
               std::string_view subject = {}) {
    return evaluate(rule, subject, FactTable(facts), was_firing);
}

}  // namespace

TEST_CASE("a member of a pool is told apart, and answers to the name of its pool") {
    const std::string member = server_subject("pool.example", "192.0.2.4");
    CHECK(member == "pool.example (192.0.2.4)");
    CHECK(place_of(member) == "192.0.2.4");
    CHECK(place_of("ntp1.example") == "ntp1.example");
    CHECK(server_subject("ntp1.example", "") == "ntp1.example");
    CHECK(is_about("pool.example", member));
    CHECK(is_about("*(192.0.2.4)", member));
    CHECK_FALSE(is_about("pool.example", "other.example"));
    CHECK(is_about("*", ""));
}

TEST_CASE("a relation holds on the far side of its limit") {
    struct Row {
        Relation relation;
        bool below, at, above;
    };
    for (const Row& row :
         {Row{Relation::less, true, false, false}, Row{Relation::at_most, true, true, false},
          Row{Relation::more, false, false, true}, Row{Relation::at_least, false, true, true},
          Row{Relation::equal, false, true, false}}) {
        CAPTURE(to_string(row.relation));
        CHECK(parse_relation(to_string(row.relation)) == row.relation);
        const Rule rule = rule_of({.fact = "truechimers", .relation = row.relation, .limit = 3});
        const auto at = [&](double value) {
            return truth_of(rule, {{"truechimers", "", value, ""}}) == Truth::yes;
        };
        CHECK(at(2) == row.below);
        CHECK(at(3) == row.at);
        CHECK(at(4) == row.above);
    }
}

TEST_CASE("a negative offset fires like a positive one") {
    const Rule rule = rule_of({.fact = "offset_seconds", .limit = 0.05, .absolute = true});
    CHECK(truth_of(rule, {{"offset_seconds", "", -0.06, ""}}) == Truth::yes);
    CHECK(truth_of(rule, {{"offset_seconds", "", 0.06, ""}}) == Truth::yes);
    CHECK(truth_of(rule, {{"offset_seconds", "", -0.04, ""}}) == Truth::no);
}

TEST_CASE("what fires goes on until the value is back at its clear limit") {
    const Rule rule = rule_of({.fact = "bound_seconds", .limit = 0.1, .clear = 0.08});
    const std::vector<Fact> between{{"bound_seconds", "", 0.09, ""}};
    CHECK(truth_of(rule, between, false) == Truth::no);
    CHECK(truth_of(rule, between, true) == Truth::yes);
    CHECK(truth_of(rule, {{"bound_seconds", "", 0.08, ""}}, true) == Truth::no);
}

TEST_CASE("a fact that is not there keeps, fires or clears") {
    const Condition condition{.fact = "majority", .relation = Relation::equal, .limit = 0};
    CHECK(truth_of(rule_of(condition, Absent::keeps), {}) == Truth::unknown);
    CHECK(truth_of(rule_of(condition, Absent::fires), {}) == Truth::yes);
    CHECK(truth_of(rule_of(condition, Absent::clears), {}) == Truth::no);
}

TEST_CASE("a fact that is no number is not there") {
    const Rule rule = rule_of({.fact = "bound_seconds", .limit = 0.1});
    CHECK(truth_of(rule, {{"bound_seconds", "", std::nan(""), ""}}) == Truth::unknown);
    CHECK(truth_of(rule, {{"bound_seconds", "", INFINITY, ""}}) == Truth::unknown);
}

TEST_CASE("all conditions must hold, and one that does not settles it") {
    Rule rule = rule_of({.fact = "majority", .relation = Relation::equal, .limit = 0});
    rule.conditions.push_back({.fact = "bound_seconds", .limit = 0.1});
    CHECK(truth_of(rule, {{"majority", "", 0, ""}, {"bound_seconds", "", 0.2, ""}}) == Truth::yes);
    CHECK(truth_of(rule, {{"majority", "", 0, ""}, {"bound_seconds", "", 0.0, ""}}) == Truth::no);
    CHECK(truth_of(rule, {{"majority", "", 0, ""}}) == Truth::unknown);
    CHECK(truth_of(rule, {{"bound_seconds", "", 0.0, ""}}) == Truth::no);
}

TEST_CASE("a rule of servers reads the server's facts and the host's") {
    Rule rule = rule_of({.fact = "wrong", .relation = Relation::equal, .limit = 1});
    rule.conditions.push_back({.fact = "majority", .relation = Relation::equal, .limit = 1});
    CHECK(is_of_server(rule));
    const std::vector<Fact> facts{
        {"wrong", "a", 1, ""}, {"wrong", "b", 0, ""}, {"majority", "", 1, ""}};
    CHECK(truth_of(rule, facts, false, "a") == Truth::yes);
    CHECK(truth_of(rule, facts, false, "b") == Truth::no);
    CHECK(FactTable(facts).servers() == std::vector<std::string_view>{"a", "b"});
}

TEST_CASE("a message is filled in with value, limit and evidence, made printable") {
    const Rule rule = rule_of({.fact = "error_seconds", .limit = 0.1, .absolute = true});
    const std::vector<Fact> facts{{"error_seconds", "ntp\x1b", -0.84, "3 of 4 agree {value}"}};
    CHECK(message_of(rule, "ntp\x1b", FactTable(facts)) ==
          "ntp\\x1b: -840 ms over 100 ms (3 of 4 agree {value})");
    CHECK(message_of(rule, "other", FactTable({})) == "other: unknown over 100 ms");
}

TEST_CASE("a fact's number is shown with its unit") {
    CHECK(spell_fact("bound_seconds", 0.0019) == "1.9 ms");
    CHECK(spell_fact("offset_seconds", 1.0) == "+1.0 s");
    CHECK(spell_fact("frequency_ppm", -12.5) == "-12.5 ppm");
    CHECK(spell_fact("leap_table_days", 59.7) == "60 d");
    CHECK(spell_fact("reach_share", 0.375) == "37.5 %");
    CHECK(spell_fact("truechimers", 3) == "3");
}

TEST_CASE("a pattern matches with * and ?, in either case") {
    struct Row {
        const char *pattern, *text;
        bool matches;
    };
    for (const Row& row :
         {Row{"*", "", true}, Row{"", "", true}, Row{"", "a", false}, Row{"ntp?", "NTP1", true},
          Row{"ntp?", "ntp", false}, Row{"*.corp.example", "a.b.corp.example", true},
          Row{"*.corp.example", "corp.example", false}, Row{"a*b*c", "a-b-b-c", true},
          Row{"a*b*c", "a-b-b", false}, Row{"**", "x", true},
          Row{"server_*", "server_wrong", true}}) {
        CAPTURE(row.pattern);
        CAPTURE(row.text);
        CHECK(matches(row.pattern, row.text) == row.matches);
    }
}

TEST_CASE("a pattern of many stars is answered at once") {
    const std::string text(2000, 'a');
    std::string pattern;
    for (int i = 0; i < 200; ++i) pattern += "a*";
    CHECK_FALSE(matches(pattern + "b", text));
}
