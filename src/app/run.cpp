#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <string_view>

#include "app/exit_code.h"
#include "app/output.h"
#include "app/verbs.h"
#include "publish/plan_report.h"
#include "publish/table.h"
#include "system/event_loop.h"
#include "system/working_set.h"

namespace clockwright::app {
namespace {

using Runner = Result<int> (*)(const Context&);

Runner runner_of(Verb verb) {
    switch (verb) {
        case Verb::scan:
            return run_scan;
        case Verb::servers:
            return run_servers;
        case Verb::plan:
            return run_plan;
        case Verb::apply:
            return run_apply;
        case Verb::rollback:
            return run_rollback;
        case Verb::status:
            return run_status;
        case Verb::check:
            return run_check;
        case Verb::watch:
            return run_watch;
        case Verb::drift:
            return run_drift;
        case Verb::sync:
            return run_sync;
        case Verb::rtc:
            return run_rtc;
        case Verb::report:
            return run_report;
        case Verb::doctor:
            return run_doctor;
        case Verb::alert:
            return run_alert;
        case Verb::config:
            return run_config;
        case Verb::service:
            return run_service;
        case Verb::agent:
            return run_agent;
        case Verb::history:
            return run_history;
        case Verb::lab:
            return run_lab;
        case Verb::demo:
            return run_demo;
    }
    return run_status;
}

bool lives_long(Verb verb) {
    return verb == Verb::agent || verb == Verb::watch || verb == Verb::lab;
}

/// A change that could not even begin is an outcome too; empty for verbs that have none.
std::string outcome_document(const Command& command, const Error& error) {
    const bool refused = error.fault == Fault::refused;
    const Outcome outcome{refused ? OutcomeKind::refused : OutcomeKind::failed, false, true,
                          error.message};
    Plan plan;
    plan.reason = error.message;
    switch (command.verb) {
        case Verb::plan:
            return plan_json(plan);
        case Verb::apply:
            return command.dry_run ? plan_json(plan) : apply_json(plan, outcome, {}, {});
        case Verb::rollback:
            return rollback_json(outcome, command.file);
        default:
            return {};
    }
}

/// Wherever a change was refused, it is told as its outcome.
bool is_refused_change(const Command& command, const Error& error) {
    const bool changes =
        command.verb == Verb::plan || command.verb == Verb::apply || command.verb == Verb::rollback;
    return changes && error.fault == Fault::refused;
}

int tell_refusal(const Command& command, const Error& error) {
    print_refusal(command, command.json
                               ? outcome_document(command, error)
                               : wrap_sentence("Refused: " + error.message, ". Nothing changed."));
    return exit_refused;
}

Result<int> run_command(const Command& command) {
    Context context{{}, command};
    const bool needs_config = command.verb != Verb::lab && command.verb != Verb::demo &&
                              !(command.verb == Verb::config && command.file == "init");
    if (needs_config) context.config = TRY(load_config(command.config_file));
    override_config(context.config, command);
    if (!lives_long(command.verb)) system::keep_freed_memory();
    return runner_of(command.verb)(context);
}

/// A plug-in answers on stdout and knows four codes only.
int fail_check(const Command& command, const Error& error) {
    const std::string line =
        fmt::format("CLOCK UNKNOWN - {}", error.message.substr(0, error.message.find('\n')));
    print_result(command, command.json ? error_json(line) : line + "\n");
    return 3;
}

Result<int> run_and_tell(int argc, char** argv) {
    const Parsed parsed = TRY(parse_command_line(argc, argv));
    if (!parsed.command) {
        fmt::print("{}", parsed.text);
        return exit_done;
    }
    const Command& command = *parsed.command;
    Result<int> code = run_command(command);
    if (!code && command.verb == Verb::check) return fail_check(command, code.error());
    if (!code && is_refused_change(command, code.error()))
        return tell_refusal(command, code.error());
    if (!code && command.json) print_result(command, outcome_document(command, code.error()));
    return code;
}

}  // namespace

int run(int argc, char** argv) {
    try {
        const Result<int> code = run_and_tell(argc, argv);
        if (code) return *code;
        if (first_word(argc, argv) == "check") {
            Command check;  // as much of it as can be known
            check.json =
                std::ranges::find(argv, argv + argc, std::string_view("--json")) != argv + argc;
            return fail_check(check, code.error());
        }
        print_error(code.error().message);
        return exit_code_of(code.error().fault);
    } catch (const std::exception& failure) {
        print_error(fmt::format("stopped by a fault of its own: {}", failure.what()));
        return exit_failed;
    }
}

}  // namespace clockwright::app
