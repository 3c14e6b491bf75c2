/// The verbs: each takes the settings and the command, prints, and gives its exit code.
#pragma once

#include "app/cli.h"
#include "app/config.h"
#include "result.h"

namespace clockwright::app {

/// What every verb is given.
struct Context {
    Config config;
    Command command;
};

Result<int> run_scan(const Context& context);
Result<int> run_servers(const Context& context);
Result<int> run_plan(const Context& context);
Result<int> run_apply(const Context& context);
/// The plan of `command.file`; what signals do is the caller's own affair.
Result<int> apply_saved_plan(const Context& context);
Result<int> run_rollback(const Context& context);
Result<int> run_status(const Context& context);
Result<int> run_check(const Context& context);
Result<int> run_watch(const Context& context);
Result<int> run_drift(const Context& context);
Result<int> run_sync(const Context& context);
Result<int> run_rtc(const Context& context);
Result<int> run_report(const Context& context);
Result<int> run_doctor(const Context& context);
Result<int> run_config(const Context& context);
Result<int> run_alert(const Context& context);
Result<int> run_service(const Context& context);
Result<int> run_agent(const Context& context);
Result<int> run_history(const Context& context);
Result<int> run_lab(const Context& context);
Result<int> run_demo(const Context& context);

/// One `main`: parse, load, run, print the error, give the code.
int run(int argc, char** argv);

}  // namespace clockwright::app
