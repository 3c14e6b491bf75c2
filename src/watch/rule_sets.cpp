#include "watch/rule_sets.h"

namespace clockwright {
namespace {

/// A fifth of the limit back towards good; of small whole numbers, the limit itself.
double clear_of(const Condition& condition) {
    const bool falls =
        condition.comparison == Comparison::less || condition.comparison == Comparison::at_most;
    if (!falls) return condition.limit * 0.8;
    return condition.fact.ends_with("_share") ? condition.limit * 1.2 : condition.limit;
}

Rule at(Rule rule, double limit, AlertSeverity severity) {
    rule.conditions.front().limit = limit;
    rule.conditions.front().clear = clear_of(rule.conditions.front());
    rule.severity = severity;
    return rule;
}

}  // namespace

std::vector<Rule> degrees(Rule rule, Degrees limits) {
    rule.family = rule.name;
    Rule critical = at(rule, limits.critical, AlertSeverity::critical);
    critical.name += "_critical";
    return {at(std::move(rule), limits.warning, AlertSeverity::warning), std::move(critical)};
}

Condition is_true(std::string_view fact) {
    return {.fact = std::string(fact), .comparison = Comparison::equal, .limit = 1};
}

Condition is_false(std::string_view fact) {
    return {.fact = std::string(fact), .comparison = Comparison::equal, .limit = 0};
}

std::vector<Rule> own_rules() {
    return {{.name = "record_failing",
             .conditions = {is_true("record_failing")},
             .message = "what is watched cannot be written to the record ({evidence})",
             .advice = "make room on the disk of the state directory; nothing else is at risk",
             .quiet_after_start = false},
            {.name = "change_unfinished",
             .conditions = {is_true("change_unfinished")},
             .severity = AlertSeverity::critical,
             .message = "a change of the daemon was left half done, or its undo is unproved "
                        "({evidence})",
             .advice = "heal it: clockwright rollback last",
             .quiet_after_start = false},
            {.name = "dropin_missing",
             .conditions = {is_true("dropin_missing")},
             .message = "our own file vanished from the daemon's configuration ({evidence})",
             .advice = "see who removed it; write it again: clockwright apply",
             .quiet_after_start = false}};
}

}  // namespace clockwright
