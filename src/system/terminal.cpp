#include "system/terminal.h"

#include <sys/ioctl.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "system/event_loop.h"

namespace clockwright::system {

namespace {

/// One line of stdin without its end; what a signal or the end of input leaves is returned as is.
std::string read_line() {
    std::string line;
    char letter = 0;
    while (!interrupted()) {
        const ssize_t got = ::read(STDIN_FILENO, &letter, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0 || letter == '\n') {
            break;
        }
        line += letter;
    }
    return line;
}

void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written <= 0) {
            return;
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

bool stdout_is_terminal() {
    return ::isatty(STDOUT_FILENO) == 1;
}
bool stderr_is_terminal() {
    return ::isatty(STDERR_FILENO) == 1;
}
bool stdin_is_terminal() {
    return ::isatty(STDIN_FILENO) == 1;
}

std::size_t terminal_rows() {
    struct winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

bool confirm(std::string_view question) {
    write_all(STDERR_FILENO, std::string(question) + " [y/N] ");
    const std::string answer = read_line();
    return !interrupted() && (answer == "y" || answer == "yes");
}

void log_line(std::string_view line, bool critical) {
    ::openlog("clockwright", LOG_PID, LOG_DAEMON);
    ::syslog(LOG_DAEMON | (critical ? LOG_CRIT : LOG_NOTICE), "%.*s", static_cast<int>(line.size()),
             line.data());
    ::closelog();
}

}  // namespace clockwright::system
