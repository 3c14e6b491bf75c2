// Rules about this clock: its bound, its offset, its rate, its steps.

#include "watch/rule_sets.h"

namespace clockwright {
namespace {

std::vector<Rule> steps(const ClassLimits& limits) {
    Rule step{.name = "clock_stepped",
              .family = "clock_step",
              .conditions = {{.fact = "step_seconds",
                              .relation = Relation::more,
                              .limit = limits.step,
                              .absolute = true}},
              .samples = 1,
              .severity = AlertSeverity::warning,
              .hazard = "H-30",
              .message = "this clock was stepped by {value} ({evidence})",
              .advice = "see what stepped it: clockwright status -v, and the log of the daemon",
              .absent = Absent::clears};
    Rule back = step;
    back.name = "clock_stepped_back";
    back.severity = AlertSeverity::critical;
    back.conditions = {{.fact = "step_seconds",
                        .relation = Relation::less,
                        .limit = limits.step == 0 ? 0 : -limits.step}};
    back.message = "this clock was stepped back by {value}: its time stamps repeat ({evidence})";
    back.advice =
        "check what relies on time stamps in order (databases, make, logs); " + back.advice;
    return {step, back};
}

/// What happened below the clock.
std::vector<Rule> underground(const ClassLimits& limits) {
    return {{.name = "clock_stood_still",
             .conditions = {{.fact = "stood_still_seconds", .limit = limits.step}},
             .samples = 1,
             .hazard = "H-17",
             .message = "this clock fell behind all servers by {value} at once ({evidence})",
             .advice = "a virtual machine was paused or moved: see the hypervisor, and clockwright "
                       "history events",
             .absent = Absent::clears},
            {.name = "clocksource_changed",
             .conditions = {is_true("clocksource_changed")},
             .samples = 1,
             .hazard = "H-29",
             .message = "the kernel counts this clock by another source than before ({evidence})",
             .advice = "it gave its best one up: see the kernel's log for clocksource and TSC"},
            {.name = "rtc_local_time",
             .conditions = {is_true("rtc_local_time")},
             .hazard = "H-20",
             .message = "the hardware clock keeps local time: it is wrong by an hour twice a year "
                        "({evidence})",
             .advice = "timedatectl set-local-rtc 0: clockwright rtc"},
            {.name = "rtc_battery",
             .conditions = {{.fact = "rtc_battery", .relation = Relation::at_least, .limit = 1}},
             .hazard = "H-21",
             .message = "the battery of the hardware clock is weak ({evidence})",
             .advice = "replace it before the machine is next without power: clockwright rtc"}};
}

/// What only weeks show. Crystals age by less than 1 ppm a month; 5 °C more are as much as this.
std::vector<Rule> aging() {
    constexpr double limit = 5, clear = 3;  // ppm
    return {
        {.name = "frequency_trend",
         .conditions =
             {{.fact = "frequency_trend_ppm", .limit = limit, .clear = clear, .absolute = true}},
         .message = "the rate of this clock moves by {value} within 30 days ({evidence})",
         .advice = "look at the temperature of the machine; an oscillator that goes on so is "
                   "worn: clockwright drift"},
        {.name = "rtc_rate_changed",
         .conditions =
             {{.fact = "rtc_rate_change_ppm", .limit = limit, .clear = clear, .absolute = true}},
         .hazard = "H-21",
         .message = "the hardware clock runs otherwise by {value} than in the weeks before "
                    "({evidence})",
         .advice = "a weak battery or another temperature: clockwright rtc"}};
}

}  // namespace

std::vector<Rule> clock_rules(const ClassLimits& limits) {
    std::vector<Rule> rules =
        degrees({.name = "clock_error",
                 .conditions = {{.fact = "bound_seconds"}},
                 .hold = Seconds{120},
                 .message = "UTC is only known to lie within {value} of this clock ({evidence})",
                 .advice = "see which term is large: clockwright status -v"},
                limits.bound);
    const auto add = [&rules](std::vector<Rule> more) {
        for (Rule& rule : more) rules.push_back(std::move(rule));
    };
    add(degrees(
        {.name = "clock_offset",
         .conditions = {{.fact = "offset_seconds", .absolute = true}},
         .hold = Seconds{300},
         .message = "this clock is off: {value} must be added to it ({evidence})",
         .advice = "see whether the daemon corrects it: clockwright status, then clockwright "
                   "sync --dry-run"},
        limits.bound));
    add({{.name = "quorum_offset",
          .conditions = {{.fact = "quorum_offset_seconds",
                          .limit = limits.bound.warning,
                          .clear = limits.bound.warning * 0.8,
                          .absolute = true}},
          .hold = Seconds{300},
          .message =
              "the watched servers say that {value} must be added to this clock ({evidence})",
          .advice = "compare with what the daemon follows: clockwright status, clockwright scan"}});
    add(degrees({.name = "clock_frequency",
                 .conditions = {{.fact = std::string(limits.frequency_fact), .absolute = true}},
                 .hold = Seconds{300},
                 .hazard = "H-29",
                 .message = "the rate of this clock is corrected by {value} ({evidence})",
                 .advice = "look at the clock source and the temperature: a worn or overheated "
                           "oscillator, a busy virtual machine or a wrong TSC rate"},
                limits.frequency));
    add(steps(limits));
    add(underground(limits));
    add(aging());
    return rules;
}

}  // namespace clockwright
