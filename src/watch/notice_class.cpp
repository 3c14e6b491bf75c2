#include "watch/notice_class.h"

#include <algorithm>
#include <array>

namespace clockwright {
namespace {

constexpr std::array classes{NoticeClass::errors, NoticeClass::configuration, NoticeClass::changes,
                             NoticeClass::summary};

/// Built-in rules that a person cures by another configuration.
constexpr auto about_configuration = std::to_array<std::string_view>({
    "two_hands",
    "watches_only",
    "local_reference",
    "rtc_local_time",
    "single_operator",
    "smear_mixed",
    "leap_table",
    "leap_table_critical",
    "dropin_missing",
    "change_unfinished",
});

constexpr std::array about_changes{changed_rule, taken_back_rule, change_failed_rule,
                                   proposed_rule};

}  // namespace

std::string_view to_string(NoticeClass notice) {
    switch (notice) {
        case NoticeClass::configuration:
            return "configuration";
        case NoticeClass::changes:
            return "changes";
        case NoticeClass::summary:
            return "summary";
        case NoticeClass::errors:
            break;
    }
    return "errors";
}

std::optional<NoticeClass> parse_notice_class(std::string_view word) {
    const auto found = std::ranges::find(classes, word, [](auto one) { return to_string(one); });
    return found == classes.end() ? std::nullopt : std::optional(*found);
}

NoticeClass class_of(std::string_view rule) {
    const auto is_of = [rule](const auto& rules) {
        return std::ranges::find(rules, rule) != rules.end();
    };
    if (rule == week_rule) return NoticeClass::summary;
    if (is_of(about_changes)) return NoticeClass::changes;
    if (is_of(about_configuration)) return NoticeClass::configuration;
    return NoticeClass::errors;
}

bool is_event(std::string_view rule) {
    const NoticeClass notice = class_of(rule);
    return notice == NoticeClass::changes || notice == NoticeClass::summary;
}

}  // namespace clockwright
