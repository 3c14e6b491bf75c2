#include "system/run_program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>

#include <cerrno>
#include <optional>

#include "system/spawned.h"
#include "time/spell.h"

namespace clockwright::system {

namespace {

std::string spell_command(const std::vector<std::string>& argv) {
    return printable(fmt::format("{}", fmt::join(argv, " ")));
}

}  // namespace

Result<CommandAnswer> run_program(const std::vector<std::string>& argv, const RunManner& manner) {
    if (argv.empty() || !argv.front().starts_with('/')) {
        return fail(Fault::bad_input,
                    fmt::format("the command '{}' does not begin with an absolute path",
                                argv.empty() ? std::string{} : printable(argv.front())));
    }
    const std::string command = spell_command(argv);
    auto child = spawn(argv, manner.most_output > 0, manner.input);
    if (!child) {
        const Fault fault = child.error() == EACCES   ? Fault::not_permitted
                            : child.error() == ENOENT ? Fault::unreachable
                                                      : Fault::failed;
        return fail(fault, fmt::format("cannot run {}: {}", command, errno_text(child.error())));
    }
    Printed printed{.errors = {}, .output = {}, .most_output = manner.most_output};
    const std::optional<int> status = wait_for(*child, manner.time_out, manner.grace, printed);
    if (printed.too_much()) {
        return fail(fmt::format("{} printed more than {} octets", command, manner.most_output));
    }
    if (!status) {
        return fail(fmt::format("{} did not end within {} and was killed", command,
                                spell(manner.time_out)));
    }
    return CommandAnswer{
        .status = WIFEXITED(*status) ? WEXITSTATUS(*status) : 128 + WTERMSIG(*status),
        .output = std::move(printed.output),
        .errors = last_line(printed.errors)};
}

Result<void> run_to_success(const std::vector<std::string>& argv, const RunManner& manner) {
    auto answer = run_program(argv, manner);
    if (!answer) {
        Error error = answer.error();
        if (error.fault == Fault::unreachable) error.fault = Fault::failed;
        return std::unexpected(std::move(error));
    }
    if (answer->status == 0) {
        return {};
    }
    const std::string how = answer->status > 128
                                ? fmt::format("was ended by signal {}", answer->status - 128)
                                : fmt::format("failed with status {}", answer->status);
    const std::string& line = answer->errors;
    return fail(fmt::format("{} {}{}{}", spell_command(argv), how, line.empty() ? "" : ": ", line));
}

}  // namespace clockwright::system
