// Rules about what keeps this clock: the daemon, its updates, who else has a hand on the wheel.

#include "watch/rule_sets.h"

namespace clockwright {
namespace {

std::vector<Rule> demonstrated() {
    Rule warning{.name = "not_demonstrated",
                 .family = "demonstrated",
                 .conditions = {is_false("demonstrated")},
                 .hold = Seconds{600},
                 .message = "nothing shows that this clock is right ({evidence})",
                 .advice = "read the reason and its cure: clockwright status, clockwright doctor",
                 .absent = Absent::fires};
    Rule critical = warning;
    critical.name = "not_demonstrated_critical";
    critical.hold = Seconds{3600};
    critical.severity = AlertSeverity::critical;
    return {warning, critical};
}

std::vector<Rule> liveness() {
    return {{.name = "daemon_down",
             .conditions = {is_false("daemon_running"), is_true("daemon_expected")},
             .hold = Seconds{60},
             .severity = AlertSeverity::critical,
             .message = "no time daemon runs: this clock drifts ({evidence})",
             .advice = "start it: clockwright doctor names the unit",
             .absent = Absent::fires},
            {.name = "daemon_silent",
             .conditions = {is_false("daemon_answers"), is_true("daemon_expected")},
             .hold = Seconds{300},
             .message = "the time daemon does not answer ({evidence})",
             .advice = "see whether its control socket is open to us: clockwright doctor",
             .absent = Absent::fires},
            {.name = "daemon_restarts",
             .conditions = {{.fact = "daemon_restarts", .limit = 3}},
             .severity = AlertSeverity::critical,
             .hazard = "H-31",
             .message = "what moves this clock was started {value} times within an hour "
                        "({evidence})",
             .advice = "each start may step the clock: see why it ends, in its log"}};
}

std::vector<Rule> hands(const ClassLimits& limits) {
    return {{.name = "two_hands",
             .conditions = {{.fact = "hands", .limit = 1}},
             .severity = AlertSeverity::critical,
             .hazard = "H-18",
             .message = "{value} programs move this clock against each other ({evidence})",
             .advice = "stop all but one of them: clockwright doctor says how",
             .quiet_after_start = false},
            {.name = "watches_only",
             .conditions = {is_true("watches_only")},
             .hold = Seconds{300},
             .hazard = "H-39",
             .message = "the time daemon may not set this clock, it only watches ({evidence})",
             .advice = "give it CAP_SYS_TIME, or see that the machine below keeps this clock"},
            {.name = "kernel_disagrees",
             .conditions = {is_true("kernel_disagrees")},
             .hold = Seconds{900},
             .severity = AlertSeverity::info,
             .hazard = "H-28",
             .message = "the kernel calls this clock unsynchronised, though the daemon keeps it "
                        "({evidence})",
             .advice = "chrony: add rtcsync, or programs that ask the kernel will not trust it"},
            {.name = "local_reference",
             .conditions = {is_true("local_reference")},
             .hold = Seconds{300},
             .severity = limits.regulated ? AlertSeverity::critical : AlertSeverity::warning,
             .hazard = "H-9",
             .message = "the time daemon serves its own clock: \"synchronised\" says nothing about "
                        "UTC ({evidence})",
             .advice = "see why no source answers: clockwright status"}};
}

}  // namespace

std::vector<Rule> daemon_rules(const ClassLimits& limits) {
    std::vector<Rule> rules = demonstrated();
    const auto add = [&rules](std::vector<Rule> more) {
        for (Rule& rule : more) rules.push_back(std::move(rule));
    };
    add(liveness());
    add(degrees({.name = "update_age",
                 .conditions = {{.fact = std::string(limits.age_fact)}},
                 .message = limits.age_fact == "update_age_polls"
                                ? "the daemon's last update is {value} polls old ({evidence})"
                                : "the daemon's last update is {value} old ({evidence})",
                 .advice = "see which sources answer: clockwright status"},
                limits.age));
    add(hands(limits));
    return rules;
}

}  // namespace clockwright
