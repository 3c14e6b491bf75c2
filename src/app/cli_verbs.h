/// The options of each verb, given to CLI11 by the files cli_*.cpp. Only the verb that is asked for
/// gets its own: a command line is read at every start, and most of its cost would be the others'.
#pragma once

#include <optional>
#include <string>

#include "app/cli.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace clockwright::app {

// cli_measuring.cpp
void add_scan(CLI::App& scan, Command& command);
void add_drift(CLI::App& drift, Command& command);
void add_plan(CLI::App& plan, Command& command);
void add_apply(CLI::App& apply, Command& command);

// cli_servers.cpp
void add_servers(CLI::App& servers, Command& command);

// cli_clock.cpp
void add_sync(CLI::App& sync, Command& command);
void add_rtc(CLI::App& rtc, Command& command);
void add_report(CLI::App& report, Command& command);

// cli_history.cpp
void add_history(CLI::App& history, Command& command);

// cli_alert.cpp
void add_alert(CLI::App& alert, Command& command);

// cli_machine.cpp
void add_rollback(CLI::App& rollback, Command& command);
void add_check(CLI::App& check, Command& command);
void add_watch(CLI::App& watch, Command& command);
void add_doctor(CLI::App& doctor, Command& command);
void add_config(CLI::App& config, Command& command);
void add_service(CLI::App& service, Command& command);
void add_agent(CLI::App& agent, Command& command);
void add_lab(CLI::App& lab, Command& command);
void add_demo(CLI::App& demo, Command& command);

// cli_options.cpp: what several verbs take

/// "250ms".
CLI::Option* add_duration(CLI::App& app, const std::string& name, Seconds& target,
                          const std::string& help);
CLI::Option* add_duration(CLI::App& app, const std::string& name, std::optional<Seconds>& target,
                          const std::string& help);
/// The same, longer than nothing and at most ten years, which is as good as for ever.
void add_length(CLI::App& app, const std::string& name, std::optional<Seconds>& target,
                const std::string& help);
/// An instant, or a day, which is its first.
CLI::Option* add_instant(CLI::App& app, const std::string& name, std::optional<WallTime>& target,
                         const std::string& help);
/// --from, --to, --since.
void add_period(CLI::App& app, HistoryCommand& command);
/// --reason.
void add_reason(CLI::App& app, Command& command, const std::string& help);

}  // namespace clockwright::app
