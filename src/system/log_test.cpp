#include "system/log.h"

#include <doctest/doctest.h>

namespace clockwright::system {

TEST_CASE("the journal is told the level of a line, a terminal only the line") {
    CHECK(log_line(LogPlace::journal, LogLevel::error, "x") == "<3>x\n");
    CHECK(log_line(LogPlace::journal, LogLevel::warning, "x") == "<4>x\n");
    CHECK(log_line(LogPlace::journal, LogLevel::info, "x") == "<6>x\n");
    CHECK(log_line(LogPlace::journal, LogLevel::debug, "x") == "<7>x\n");
    CHECK(log_line(LogPlace::terminal, LogLevel::error, "x") == "x\n");
    CHECK(log_line(LogPlace::syslog, LogLevel::error, "x") == "x\n");
}

TEST_CASE("an event is one line whatever is in it") {
    CHECK(log_line(LogPlace::journal, LogLevel::info, "a\n<2>b\x1b[0m") ==
          "<6>a\\x0a<2>b\\x1b[0m\n");
}

TEST_CASE("a level is known by its word alone") {
    CHECK(parse_log_level("error") == LogLevel::error);
    CHECK(parse_log_level("debug") == LogLevel::debug);
    CHECK_FALSE(parse_log_level("INFO").has_value());
    CHECK_FALSE(parse_log_level("").has_value());
}

}  // namespace clockwright::system
