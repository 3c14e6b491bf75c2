#include "app/output.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "publish/table.h"
#include "system/terminal.h"

namespace clockwright::app {
namespace {

void write(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
    std::fflush(stream);
}

}  // namespace

bool is_for_programs(const Command& command) {
    return command.json || command.csv || !command.render.empty();
}

void print_result(const Command& command, std::string_view text) {
    if (!command.quiet || is_for_programs(command)) write(stdout, text);
}

void print_refusal(const Command& command, std::string_view text) {
    if (command.quiet && !command.json) return write(stderr, text);
    print_result(command, text);
}

void print_remark(const Command& command, std::string_view text) {
    if (command.quiet) return;
    write(is_for_programs(command) ? stderr : stdout, text);
}

void print_notes(const Command& command, const std::vector<std::string>& notes) {
    for (const std::string& note : notes) print_remark(command, wrap(note, 0));
}

bool shows_progress(const Command& command) {
    return !command.quiet && system::stderr_is_terminal();
}

void print_progress(const Command& command, std::string_view text) {
    if (shows_progress(command)) write(stderr, fmt::format("\r\033[K{}", text));
}

void clear_progress(const Command& command) {
    if (shows_progress(command)) write(stderr, "\r\033[K");
}

bool uses_colour(const Command& command) {
    const char* forbidden = std::getenv("NO_COLOR");
    const bool allowed = !command.no_color && (forbidden == nullptr || *forbidden == '\0');
    return allowed && system::stdout_is_terminal();
}

void print_error(std::string_view text) {
    write(stderr, fmt::format("clockwright: {}\n", text));
}

}  // namespace clockwright::app
