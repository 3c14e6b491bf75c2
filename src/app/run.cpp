#include <fmt/format.h>

#include <exception>

#include "app/exit_code.h"
#include "app/output.h"
#include "app/verbs.h"
#include "system/event_loop.h"

namespace clockwright::app {
namespace {

using Runner = Result<int> (*)(const Context&);

Runner runner_of(Verb verb) {
    switch (verb) {
        case Verb::scan: return run_scan;
        case Verb::plan: return run_plan;
        case Verb::apply: return run_apply;
        case Verb::rollback: return run_rollback;
        case Verb::status: return run_status;
        case Verb::check: return run_check;
        case Verb::config: return run_config;
        case Verb::lab: return run_lab;
        case Verb::demo: return run_demo;
    }
    return run_status;
}

Result<int> run_command_line(int argc, char** argv) {
    const Parsed parsed = TRY(parse_command_line(argc, argv));
    if (!parsed.command) {
        fmt::print("{}", parsed.text);
        return exit_done;
    }
    Context context{{}, *parsed.command};
    const bool needs_config = context.command.verb != Verb::lab && context.command.verb != Verb::demo &&
                              !(context.command.verb == Verb::config && context.command.file == "init");
    if (needs_config) context.config = TRY(load_config(context.command.config_file));
    override_config(context.config, context.command);
    return runner_of(context.command.verb)(context);
}

/// A plug-in answers on stdout and knows four codes only.
int fail_check(const Error& error) {
    fmt::print("CLOCK UNKNOWN - {}\n", error.message.substr(0, error.message.find('\n')));
    return 3;
}

}  // namespace

int run(int argc, char** argv) {
    try {
        const Result<int> code = run_command_line(argc, argv);
        if (code) return *code;
        if (names_check(argc, argv)) return fail_check(code.error());
        print_error(code.error().message);
        return exit_code_of(code.error().fault);
    } catch (const std::exception& failure) {
        print_error(fmt::format("stopped by a fault of its own: {}", failure.what()));
        return exit_failed;
    }
}

}  // namespace clockwright::app
