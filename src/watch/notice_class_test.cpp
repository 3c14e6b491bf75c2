#include "watch/notice_class.h"

#include <doctest/doctest.h>

#include "watch/rule_table.h"

using namespace clockwright;

TEST_CASE("every class has a word that is read back") {
    for (const auto notice : {NoticeClass::errors, NoticeClass::configuration, NoticeClass::changes,
                              NoticeClass::summary})
        CHECK(parse_notice_class(to_string(notice)) == notice);
    CHECK_FALSE(parse_notice_class("error").has_value());
    CHECK_FALSE(parse_notice_class("").has_value());
}

TEST_CASE("changes and summaries happen once, all else lasts") {
    for (const auto rule : {changed_rule, taken_back_rule, change_failed_rule, proposed_rule}) {
        CHECK(class_of(rule) == NoticeClass::changes);
        CHECK(is_event(rule));
    }
    CHECK(class_of(week_rule) == NoticeClass::summary);
    CHECK(is_event(week_rule));
    CHECK(class_of("two_hands") == NoticeClass::configuration);
    CHECK_FALSE(is_event("two_hands"));
    CHECK(class_of("clock_error") == NoticeClass::errors);
    CHECK(class_of("a_rule_of_the_user") == NoticeClass::errors);
}

TEST_CASE("no built-in rule is of the events, and some are about the configuration") {
    int about_configuration = 0;
    for (const Rule& rule : built_in_rules(RuleClass::leaf)) {
        CAPTURE(rule.name);
        CHECK_FALSE(is_event(rule.name));
        about_configuration += class_of(rule.name) == NoticeClass::configuration ? 1 : 0;
    }
    CHECK(about_configuration == 10);
}
