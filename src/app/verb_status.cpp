#include "app/exit_code.h"
#include "app/observe.h"
#include "app/output.h"
#include "app/verbs.h"
#include "daemon/dialect.h"
#include "system/user_file.h"

namespace clockwright::app {
namespace {

/// The sources of a file as `scan --render` writes it for this daemon.
Result<std::vector<std::string>> expected_names(const std::string& path, DaemonKind kind) {
    const std::string text = TRY(system::read_file(path));
    const ConfigFiles only_this{
        [&](const std::string& wanted) -> Result<std::string> {
            if (wanted == path) return text;
            return fail("not followed");
        },
        [](const std::string&, std::string_view) { return std::vector<std::string>{}; },
        [](const std::string&) { return std::vector<std::string>{}; }};
    std::vector<std::string> names;
    for (const SourceLine& line : TRY(dialect_of(kind).parse(path, only_this)).sources)
        names.push_back(line.name);
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
    if (!report.verdict.is_told()) return report.facts.hands.size() > 1 ? exit_failed : exit_no_set;
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
    if (!command.expect.empty()) limits.expected = TRY(expected_names(command.expect, report.kind));
    const CheckAnswer answer = check_answer(report, limits);
    print_result(command, command.json ? check_json(report, answer) : answer.line);
    return answer.code;
}

}  // namespace clockwright::app
