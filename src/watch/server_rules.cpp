// Rules about each server: whether it is right, whether it answers, whether it is what it was.

#include "watch/rule_sets.h"

namespace clockwright {
namespace {

std::vector<Rule> wrong(const ClassLimits& limits) {
    return {{.name = "server_wrong",
             .conditions = {is_true("wrong")},
             .hazard = "H-1",
             .message = "server {subject} is wrong ({evidence})",
             .advice = "tell its operator; leave it out: clockwright servers block {subject}"},
            {.name = "server_whole_seconds",
             .conditions = {is_true("whole_seconds")},
             .hazard = "H-37",
             .message = "server {subject} is off by whole or half seconds ({evidence})",
             .advice = "1 s: a leap second mishandled, or smeared; 18 s: GPS time; 37 s: TAI; "
                       "3600 s: a zone; leave it out: clockwright servers block {subject}"},
            {.name = "server_stepped",
             .conditions = {{.fact = "stepped_seconds", .limit = limits.step, .absolute = true}},
             .samples = 1,
             .hazard = "H-36",
             .message = "the time of server {subject} stepped by {value} ({evidence})",
             .advice = "several at once with one reference: its receiver is at fault",
             .absent = Absent::clears},
            {.name = "path_shifted",
             .conditions = {{.fact = "path_shift_seconds", .limit = limits.path, .absolute = true}},
             .hazard = "H-6",
             .message = "the path to server {subject} became asymmetric by {value} ({evidence})",
             .advice = "its offset is wrong by half of that: clockwright scan --diagnose {subject}",
             .absent = Absent::clears},
            {.name = "stratum_climbs",
             .conditions = {{.fact = "stratum_climb", .relation = Relation::at_least, .limit = 3}},
             .severity = AlertSeverity::critical,
             .hazard = "H-8",
             .message = "the stratum of server {subject} climbed {value} times on end: servers "
                        "follow each other ({evidence})",
             .advice = "see whom it follows, and break the circle: clockwright scan --explain"},
            {.name = "reference_circle",
             .conditions = {is_true("in_circle")},
             .severity = AlertSeverity::critical,
             .hazard = "H-8",
             .message = "server {subject} follows servers that follow it ({evidence})",
             .advice = "take one of them out of the other's configuration"},
            {.name = "error_untold",
             .conditions = {is_true("error_untold")},
             .hold = Seconds{600},
             .severity = AlertSeverity::info,
             .hazard = "H-35",
             .message = "server {subject} does not tell how wrong it may be ({evidence})",
             .advice = "count it in no error budget: OpenNTPD states zero, Windows whole seconds"},
            {.name = "server_local_clock",
             .conditions = {is_true("local_clock")},
             .severity = limits.regulated ? AlertSeverity::critical : AlertSeverity::warning,
             .hazard = "H-9",
             .message = "server {subject} serves its own clock ({evidence})",
             .advice = "tell its operator; until then it says nothing about UTC"}};
}

std::vector<Rule> silent() {
    std::vector<Rule> rules =
        degrees({.name = "server_reach",
                 .conditions = {{.fact = "reach_share", .relation = Relation::less}},
                 .message = "server {subject} answers {value} of its last polls ({evidence})",
                 .advice = "see where the packets stay: clockwright scan --diagnose {subject}"},
                {6.0 / 8, 3.0 / 8});
    rules.push_back({.name = "selected_dead",
                     .conditions = {is_true("selected_dead")},
                     .hazard = "H-16",
                     .message = "the daemon follows {subject}, which is silent ({evidence})",
                     .advice = "set maxunreach on its line, or give the daemon more sources",
                     .absent = Absent::clears});
    return rules;
}

std::vector<Rule> manners() {
    return {{.name = "server_denies",
             .conditions = {is_true("denied")},
             .samples = 1,
             .hazard = "H-13",
             .message = "server {subject} refuses to serve us ({evidence})",
             .advice = "find which host behind this address asks too often; ask others"},
            {.name = "too_frequent",
             .conditions = {is_true("impolite")},
             .hold = Seconds{300},
             .hazard = "H-32",
             .message = "the daemon asks {subject} more often than every 64 s ({evidence})",
             .advice = "raise minpoll to 6 on its line: clockwright doctor",
             .absent = Absent::clears},
            {.name = "forged_answers",
             .conditions =
                 {{.fact = "spoofed", .relation = Relation::at_least, .limit = 3, .clear = 0}},
             .hazard = "H-14",
             .message = "{value} forged answers came in the name of {subject} within an hour "
                        "({evidence})",
             .advice = "somebody on the path or beside it tries: use NTS servers"}};
}

std::vector<Rule> authentication() {
    std::vector<Rule> rules{
        {.name = "authentication_lost",
         .conditions = {is_true("authentication_lost")},
         .severity = AlertSeverity::critical,
         .hazard = "H-12",
         .message = "server {subject} was authenticated and is no more ({evidence})",
         .advice = "see whether its key exchange fails: clockwright scan nts://{subject}"}};
    const Rule cookies{.name = "nts_cookies",
                       .conditions = {{.fact = "nts_cookies", .relation = Relation::less}},
                       .hazard = "H-10",
                       .message = "{value} NTS cookies are left for {subject} ({evidence})",
                       .advice = "see why no new ones come: clockwright scan nts://{subject}",
                       .absent = Absent::clears};
    for (Rule& rule : degrees(cookies, {4, 1})) rules.push_back(std::move(rule));
    return rules;
}

}  // namespace

std::vector<Rule> server_rules(const ClassLimits& limits) {
    std::vector<Rule> rules = wrong(limits);
    const auto add = [&rules](std::vector<Rule> more) {
        for (Rule& rule : more) rules.push_back(std::move(rule));
    };
    add(silent());
    add(manners());
    add(authentication());
    return rules;
}

}  // namespace clockwright
