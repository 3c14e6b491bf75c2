/// One line of chrony's configuration: its words, and the source it names if it is a source line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/daemon_config.h"

namespace clockwright::chrony {

/// The words of a line as chrony takes it apart: white space between them, nothing behind a NUL.
/// Empty for a blank line and for a comment, which starts with one of ! ; # %.
std::vector<std::string_view> words(std::string_view line);

/// True for a line whose first non-blank is one of ! ; # %.
bool is_comment(std::string_view line);

/// One line; empty when it is blank, a comment or no source directive. A directive without a name
/// is a fault and empty; faults carry no place, the caller knows it.
std::optional<SourceLine> parse_source_line(std::string_view text,
                                            std::vector<std::string>* faults = nullptr);

/// "server ntp4.corp.example iburst minpoll 6 maxpoll 6" without newline. What is at its default is
/// left out; unknown options come last, as they were.
std::string render(const SourceLine& line);

}  // namespace clockwright::chrony
