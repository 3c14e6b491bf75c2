// Rules about the servers as a whole: whether they agree, and whether they can be wrong together.

#include "watch/rule_sets.h"

namespace clockwright {
namespace {

std::vector<Rule> majorities(const ClassLimits& limits) {
    Rule none{.name = "no_majority",
              .family = "majority",
              .conditions = {is_false("majority")},
              .hazard = "H-2",
              .message =
                  "no majority of the servers agrees: nobody can tell who is right "
                  "({evidence})",
              .advice = "see the groups, and add servers you trust: clockwright scan"};
    Rule drifting = none;
    drifting.name = "no_majority_critical";
    drifting.conditions.push_back({.fact = "bound_seconds",
                                   .limit = limits.bound.warning,
                                   .clear = limits.bound.warning * 0.8});
    drifting.severity = AlertSeverity::critical;
    drifting.message =
        "no majority of the servers agrees, and this clock's bound grows "
        "({evidence})";
    return {none, drifting};
}

std::vector<Rule> liars() {
    return {{.name = "two_groups",
             .conditions = {{.fact = "agreeing_groups", .limit = 1}},
             .severity = AlertSeverity::critical,
             .hazard = "H-1",
             .message = "the servers form {value} groups that agree only among themselves "
                        "({evidence})",
             .advice = "trust none by its number; see who is who: clockwright scan --explain"},
            {.name = "quorum_contradicts",
             .conditions = {is_true("quorum_contradicts")},
             .hold = Seconds{120},
             .severity = AlertSeverity::critical,
             .hazard = "H-1",
             .message = "the watched servers agree on another time than the daemon's bound allows "
                        "({evidence})",
             .advice = "the daemon follows wrong servers, or somebody moves this clock: "
                       "clockwright scan, clockwright doctor"}};
}

/// One alone is told as `server_stepped`.
std::vector<Rule> references() {
    return {
        {.name = "reference_jumped",
         .conditions = {{.fact = "reference_jumped", .relation = Relation::at_least, .limit = 2}},
         .samples = 1,
         .severity = AlertSeverity::critical,
         .hazard = "H-36",
         .message = "{value} primary servers of one kind of clock jumped together ({evidence})",
         .advice = "their receivers or the satellites are at fault: add servers of another kind "
                   "of clock, and compare: clockwright scan --explain",
         .absent = Absent::clears}};
}

std::vector<Rule> leap_seconds() {
    std::vector<Rule> rules{
        {.name = "leap_disagrees",
         .conditions = {is_true("leap_disagrees")},
         .severity = AlertSeverity::critical,
         .hazard = "H-3",
         .message = "servers differ about a coming leap second ({evidence})",
         .advice = "compare with the IERS Bulletin C; remove who is wrong before the day comes"},
        {.name = "smear_mixed",
         .conditions = {is_true("smear_mixed")},
         .hold = Seconds{300},
         .hazard = "H-4",
         .message = "sources that smear leap seconds stand beside some that do not ({evidence})",
         .advice = "use one kind only: clockwright plan"}};
    Rule expires{.name = "leap_table",
                 .conditions = {{.fact = "leap_table_days", .relation = Relation::less}},
                 .hazard = "H-5",
                 .message = "the table of leap seconds expires in {value} ({evidence})",
                 .advice = "upgrade the package tzdata"};
    for (Rule& rule : degrees(expires, {60, 0})) {
        if (rule.severity == AlertSeverity::critical)
            rule.message = "the table of leap seconds has expired ({evidence})";
        rules.push_back(std::move(rule));
    }
    return rules;
}

std::vector<Rule> single_points() {
    return {{.name = "single_operator",
             .conditions = {is_true("single_operator")},
             .hold = Seconds{600},
             .severity = AlertSeverity::info,
             .hazard = "H-33",
             .message = "all sources are one operator's: its fault would be everybody's "
                        "({evidence})",
             .advice = "add sources of others: clockwright plan"},
            {.name = "all_silent",
             .conditions = {is_true("all_silent")},
             .hold = Seconds{120},
             .severity = AlertSeverity::critical,
             .hazard = "H-23",
             .message = "no time server answers at all ({evidence})",
             .advice = "it is the network or a filter (udp 123, tcp 4460): clockwright scan "
                       "--diagnose"}};
}

}  // namespace

std::vector<Rule> agreement_rules(const ClassLimits& limits) {
    std::vector<Rule> rules = majorities(limits);
    const auto add = [&rules](std::vector<Rule> more) {
        for (Rule& rule : more) rules.push_back(std::move(rule));
    };
    add(liars());
    add(degrees({.name = "truechimers",
                 .conditions = {{.fact = "truechimers", .relation = Relation::less}},
                 .hold = Seconds{300},
                 .message = "{value} servers agree with the majority, {limit} are wanted "
                            "({evidence})",
                 .advice = "see who dropped out, and add sources: clockwright scan, clockwright "
                           "plan"},
                limits.truechimers));
    add(single_points());
    add(references());
    add(leap_seconds());
    return rules;
}

}  // namespace clockwright
