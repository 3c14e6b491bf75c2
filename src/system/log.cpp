#include "system/log.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>

#include "time/spell.h"

namespace clockwright::system {
namespace {

std::atomic least{LogLevel::debug};

int priority_of(LogLevel level) {
    switch (level) {
        case LogLevel::error:
            return LOG_ERR;
        case LogLevel::warning:
            return LOG_WARNING;
        case LogLevel::info:
            return LOG_INFO;
        case LogLevel::debug:
            break;
    }
    return LOG_DEBUG;
}

/// "DEVICE:INODE" of stderr is what the variable says, or it was meant for another stream.
bool is_journal_stream(const char* variable) {
    struct stat status{};
    return variable != nullptr && ::fstat(STDERR_FILENO, &status) == 0 &&
           fmt::format("{}:{}", status.st_dev, status.st_ino) == variable;
}

LogPlace find_place() {
    if (is_journal_stream(std::getenv("JOURNAL_STREAM"))) return LogPlace::journal;
    if (::isatty(STDERR_FILENO) == 1) return LogPlace::terminal;
    ::openlog("clockwright", LOG_PID | LOG_NDELAY, LOG_DAEMON);
    return LogPlace::syslog;
}

/// In one call, so that lines of several threads do not mix. Nobody is left to hear of a failure.
void write_line(std::string_view line) {
    [[maybe_unused]] const auto put = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

LogPlace log_place() {
    static const LogPlace place = find_place();
    return place;
}

void log_from(LogLevel level) {
    least = level;
}

std::optional<LogLevel> parse_log_level(std::string_view word) {
    static constexpr auto words =
        std::to_array<std::string_view>({"error", "warning", "info", "debug"});
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return std::nullopt;
    return static_cast<LogLevel>(found - words.begin());
}

void log_event(LogLevel level, std::string_view line) {
    if (level > least) return;
    const LogPlace place = log_place();
    if (place == LogPlace::syslog) ::syslog(priority_of(level), "%s", printable(line).c_str());
    write_line(log_line(place, level, line));
}

std::string log_line(LogPlace place, LogLevel level, std::string_view line) {
    const std::string text = printable(line);
    if (place == LogPlace::journal) return fmt::format("<{}>{}\n", priority_of(level), text);
    return text + "\n";
}

}  // namespace clockwright::system
