#include <fmt/format.h>

#include <algorithm>

#include "app/agent_files.h"
#include "app/alert_channels.h"
#include "app/alert_files.h"
#include "app/exit_code.h"
#include "app/output.h"
#include "app/verbs.h"
#include "publish/alert_report.h"
#include "publish/json_text.h"
#include "publish/rule_report.h"
#include "publish/table.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "system/log.h"
#include "system/wait.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

Result<std::vector<Silence>> silences_in_force(const Config& config, WallTime now) {
    std::vector<Silence> silences = TRY(load_silences(config));
    std::erase_if(silences, [now](const Silence& silence) { return silence.until <= now; });
    return silences;
}

Result<int> list(const Context& context) {
    const Now now = system::read_clocks();
    const auto silences = TRY(silences_in_force(context.config, now.wall));
    const auto saved = TRY(load_alerts(context.config, now));
    AlertsReport report = alerts_report(saved, agents_word(context.config).get(), now.wall);
    report.silences = silences;
    print_result(context.command, context.command.json
                                      ? alerts_json(report)
                                      : alerts_text(report, uses_colour(context.command)));
    return exit_done;
}

Result<int> rules(const Context& context) {
    const std::vector<Rule> all = rules_of(context.config);
    const std::string& host = context.config.alert.host_class;
    print_result(context.command,
                 context.command.json ? rules_json(all, host) : rules_text(all, host));
    return exit_done;
}

Result<int> list_silences(const Context& context) {
    const WallTime now = system::read_clocks().wall;
    const auto silences = TRY(silences_in_force(context.config, now));
    print_result(context.command, context.command.json ? silences_report_json(silences)
                                                       : silences_text(silences, now));
    return exit_done;
}

Result<int> add(const Context& context) {
    const AlertCommand& command = context.command.alert;
    if (!command.length || context.command.reason.empty())
        return fail(Fault::usage,
                    "alert silence needs --for DUR and --reason TEXT: silence for ever is none");
    const WallTime now = system::read_clocks().wall;
    Silence silence{.from = now,
                    .until = now + to_nanoseconds(*command.length),
                    .reason = context.command.reason,
                    .by = system::user_text()};
    const auto at = command.what.find('@');
    silence.rule = command.what.substr(0, at);
    if (at != std::string::npos) silence.server = command.what.substr(at + 1);
    const auto known = rules_of(context.config);
    if (std::ranges::none_of(known,
                             [&](const Rule& rule) { return matches(silence.rule, rule.name); }))
        return fail(Fault::usage, fmt::format("\"{}\" is no rule (see clockwright alert rules)",
                                              printable(silence.rule)));
    TRY(change_silences(context.config, [&](std::vector<Silence>& silences) -> Result<void> {
        add_silence(silences, silence, now);
        return {};
    }));
    return list_silences(context);
}

Result<int> remove(const Context& context) {
    const int number = context.command.alert.number;
    if (number <= 0)
        return fail(Fault::usage, "alert silence remove takes the number that the list shows");
    TRY(change_silences(context.config, [&](std::vector<Silence>& silences) -> Result<void> {
        if (std::erase_if(silences, [number](const Silence& s) { return s.number == number; }) > 0)
            return {};
        return fail(fmt::format("there is no silence {}", number));
    }));
    return list_silences(context);
}

Result<int> silence(const Context& context) {
    const std::string& what = context.command.alert.what;
    if (what.empty() || what == "list") return list_silences(context);
    return what == "remove" ? remove(context) : add(context);
}

constexpr Seconds a_test_lasts{300};

/// What came of the test of one channel.
struct Tested {
    std::string channel;
    std::string fault{};   ///< empty: it arrived
    std::string answer{};  ///< what the other side said to it
};

Alert test_alert(WallTime now) {
    Alert alert;
    alert.rule = "alert_test";
    alert.severity = AlertSeverity::info;
    alert.state = AlertState::firing;
    alert.text = "this is a test of the alert channels: nothing is wrong";
    alert.since = alert.changed = now;
    alert.advice = "nothing to do";
    return alert;
}

/// By each of the channels; who failed once is spared the rest. `tests` has one row for each.
void send(const std::vector<AlertChannel>& channels, const Alert& alert, const AlertContext& about,
          std::vector<Tested>& tests) {
    for (std::size_t i = 0; i < channels.size(); ++i) {
        if (!tests[i].fault.empty()) continue;
        DeliveryAnswer answer = channels[i].deliver(alert, about);
        const bool arrived = answer.delivery == Delivery::arrived;
        (arrived ? tests[i].answer : tests[i].fault) = std::move(answer.text);
    }
}

/// The beginning of a test alert and, when it is wanted, its end.
std::vector<Tested> send_test(const std::vector<AlertChannel>& channels, AlertContext about,
                              std::optional<Seconds> resolve_after) {
    std::vector<Tested> tests;
    for (const AlertChannel& channel : channels) tests.push_back({.channel = channel.name()});
    about.lasting = a_test_lasts;
    Alert alert = test_alert(about.now);
    send(channels, alert, about, tests);
    if (!resolve_after || channels.empty()) return tests;
    system::wait(*resolve_after);
    alert.state = AlertState::resolved;
    alert.changed = about.now = system::read_clocks().wall;
    send(channels, alert, about, tests);
    return tests;
}

std::string tested_json(const std::vector<Tested>& tests) {
    JsonArray rows(1);
    for (const Tested& tested : tests) {
        JsonObject row(2);
        row.add("channel", tested.channel);
        row.add("delivered", tested.fault.empty());
        row.add("answer", tested.answer.empty() ? std::optional<std::string>{} : tested.answer);
        row.add("fault", tested.fault.empty() ? std::optional<std::string>{} : tested.fault);
        rows.add(row);
    }
    JsonObject document(0);
    document.add_json("channels", std::move(rows).text());
    return document.text() + "\n";
}

std::string delivered(const Tested& tested) {
    return tested.answer.empty() ? "delivered" : fmt::format("delivered ({})", tested.answer);
}

std::string tested_text(const std::vector<Tested>& tests, std::ptrdiff_t failed) {
    std::string text = failed == 0
                           ? fmt::format("A test alert went by {} channel{}.\n", tests.size(),
                                         tests.size() == 1 ? "" : "s")
                           : fmt::format("{} of {} channels failed.\n", failed, tests.size());
    for (const Tested& tested : tests) {
        text += wrap(fmt::format("{}: {}", tested.channel,
                                 tested.fault.empty() ? delivered(tested) : tested.fault),
                     2);
    }
    return text + (failed == 0 ? "Next: look whether it was seen where it should be\n"
                               : "Next: mend [alert] in the configuration, then test again\n");
}

Result<int> test(const Context& context) {
    const AlertCommand& command = context.command.alert;
    const AlertChannels all(context.config.alert.channels, context.config.alert.repeat);
    const AlertContext about = all.context(system::host_name());
    std::vector<AlertChannel> channels = all.all();
    std::erase_if(channels, [&](const AlertChannel& channel) {
        return !channel.name().starts_with(command.what);
    });
    std::vector<Tested> tests = send_test(channels, about, command.resolve_after);
    if (std::string_view("log").starts_with(command.what)) {
        system::log_event(system::LogLevel::info, alert_line(test_alert(about.now)));
        tests.insert(tests.begin(), Tested{.channel = "log"});
    }
    if (tests.empty())
        return fail(Fault::usage,
                    fmt::format("no channel begins with \"{}\" (log, exec, "
                                "alertmanager, mail, slack, discord, ntfy, webhook, as "
                                "far as they are configured)",
                                printable(command.what)));
    const auto failed =
        std::ranges::count_if(tests, [](const Tested& tested) { return !tested.fault.empty(); });
    print_result(context.command,
                 context.command.json ? tested_json(tests) : tested_text(tests, failed));
    return failed == 0 ? exit_done : exit_failed;
}

}  // namespace

Result<int> run_alert(const Context& context) {
    const std::string& word = context.command.alert.word;
    if (word == "rules") return rules(context);
    if (word == "test") return test(context);
    if (word == "silence") return silence(context);
    return list(context);
}

}  // namespace clockwright::app
