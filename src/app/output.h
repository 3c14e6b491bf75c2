/// How a verb speaks: results on stdout, progress and errors on stderr.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/cli.h"

namespace clockwright::app {

/// The result; nothing with -q (JSON and --render are printed all the same: somebody asked for it).
void print_result(const Command& command, std::string_view text);

/// Its stdout is for a program: nothing else may stand there, and -q does not silence it.
bool is_for_programs(const Command& command);

/// Why nothing was done: a result, and with -q an error all the same.
void print_refusal(const Command& command, std::string_view text);

/// A remark for people, at once: not with -q, and on stderr with --json, --csv or --render.
void print_remark(const Command& command, std::string_view text);
/// Each a remark, as a paragraph.
void print_notes(const Command& command, const std::vector<std::string>& notes);

/// A line that the next one overwrites: on a terminal's stderr only, and not with -q.
bool shows_progress(const Command& command);
void print_progress(const Command& command, std::string_view text);
void clear_progress(const Command& command);

/// Colours: on a terminal, unless --no-color or the variable NO_COLOR forbids them.
bool uses_colour(const Command& command);

void print_error(std::string_view text);

}  // namespace clockwright::app
