/// Whose a configuration file is: our own drop-in, lines we took over, another program's mark.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/chrony_source_line.h"

namespace clockwright::chrony {

/// The first line of our own file.
inline constexpr std::string_view own_file_mark =
    "# Clockwright wrote this file and replaces it as a whole.";

/// Our own file: a comment that says whose it is, then the lines sorted, newline at the end. No
/// time stamps. Empty list: only the comment.
std::string render_file(const std::vector<SourceLine>& lines);

/// The marker before a line that takeover commented out; what follows it is the line as it was.
inline constexpr std::string_view takeover_marker = "#clockwright-took-over# ";

/// `content` with the given lines (from 1) commented out; every other byte unchanged. Numbers that
/// name no line are ignored.
std::string take_over(std::string_view content, const std::vector<int>& lines);

/// Text that says another program owns a file ("Ansible managed", "managed by Puppet", "DO NOT
/// EDIT", cloud-init, Chef, Salt, NixOS …): the number of that line, from 1, and its text without
/// white space around; or empty. Only comment lines are looked at. Our own file is never managed.
std::optional<std::pair<int, std::string>> managed_marker(std::string_view content);

}  // namespace clockwright::chrony
