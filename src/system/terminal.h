/// What the terminal can do, and the message that must reach the system's log.
#pragma once

#include <cstddef>
#include <string_view>

namespace clockwright::system {

bool stdout_is_terminal();
bool stderr_is_terminal();
bool stdin_is_terminal();

/// Lines that stdout can show; 0: not known.
std::size_t terminal_rows();

/// Asks on stderr, reads a line from the terminal; anything but "y" or "yes" is no.
bool confirm(std::string_view question);

/// One line to syslog (LOG_DAEMON); `critical` true: LOG_CRIT, else LOG_NOTICE.
void log_line(std::string_view line, bool critical);

}  // namespace clockwright::system
