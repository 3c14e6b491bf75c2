#include "app/exit_code.h"
#include "app/observe.h"
#include "app/output.h"
#include "app/verbs.h"
#include "daemon/chrony_source_line.h"
#include "system/user_file.h"

namespace clockwright::app {
namespace {

/// The names of a sources file, as `scan --render chrony` writes it.
Result<std::vector<std::string>> expected_names(const std::string& path) {
    const std::string text = TRY(system::read_file(path));
    std::vector<std::string> names;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        if (const auto line = chrony::parse_source_line(rest.substr(0, end)))
            names.push_back(line->name);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (names.empty()) return fail(Fault::bad_input, path + ": holds no source line");
    return names;
}

}  // namespace

Result<int> run_status(const Context& context) {
    const StatusReport report = TRY(observe(context));
    if (report.not_permitted) return fail(Fault::not_permitted, report.facts.why_not);
    print_result(context.command, context.command.json
                                      ? status_json(report)
                                      : status_text(report, uses_colour(context.command)));
    if (!report.verdict.reachable) return report.facts.hands.size() > 1 ? exit_failed : exit_no_set;
    return report.verdict.demonstrated ? exit_done : exit_failed;
}

Result<int> run_check(const Context& context) {
    const Command& command = context.command;
    if (command.warning > command.critical) {
        return fail(Fault::usage, "-w must not be above -c: a warning comes first");
    }
    const StatusReport report = TRY(observe(context));
    CheckLimits limits;
    limits.warning = command.warning;
    limits.critical = command.critical;
    if (!command.expect.empty()) limits.expected = TRY(expected_names(command.expect));
    const CheckAnswer answer = check_answer(report, limits);
    print_result(command, command.json ? check_json(report, answer) : answer.line);
    return answer.code;
}

}  // namespace clockwright::app
