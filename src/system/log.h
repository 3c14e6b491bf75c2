/// The log of a process that runs for long: one line an event, where such lines belong here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clockwright::system {

/// A person must act, a person will need to, a state changed, the rest.
enum class LogLevel : std::uint8_t { error, warning, info, debug };

enum class LogPlace : std::uint8_t {
    terminal,  ///< stderr is one: lines as they are
    journal,   ///< stderr is the journal's: lines with "<N>" before them
    syslog,    ///< neither: syslog(3) with facility daemon, and stderr as well
};

/// Where this process's log belongs (JOURNAL_STREAM names the stream that the journal reads).
LogPlace log_place();

/// Events below it are not logged from now on; at first every one is. Of the whole process.
void log_from(LogLevel level);

/// "error", "warning", "info", "debug".
std::optional<LogLevel> parse_log_level(std::string_view word);

/// One event. Octets that are not printable are escaped, so that an event stays one line.
void log_event(LogLevel level, std::string_view line);

/// The line as the place shows it, with its newline: "<4>text\n" in the journal.
std::string log_line(LogPlace place, LogLevel level, std::string_view line);

}  // namespace clockwright::system
