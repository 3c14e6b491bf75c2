/// Whose a configuration file is: our own drop-in or block, lines we took over, another program's
/// mark.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clockwright {

/// The first line of our own file.
inline constexpr std::string_view own_file_mark =
    "# Clockwright wrote this file and replaces it as a whole.";

/// The marker before a line that takeover commented out; what follows it is the line as it was.
inline constexpr std::string_view takeover_marker = "#clockwright-took-over# ";

/// `content` with the given lines (from 1) commented out; every other byte unchanged. Numbers that
/// name no line are ignored.
std::string take_over(std::string_view content, const std::vector<int>& lines);

/// Our lines in a file that is otherwise somebody else's stand between these two lines.
inline constexpr std::string_view block_begin = "# Clockwright wrote the lines from here …";
inline constexpr std::string_view block_end = "# … to here, and replaces them as a whole.";

/// `content` without our block; every other byte is as it was.
std::string without_block(std::string_view content);
/// `content` with our block at its end, holding `lines`; without one when `lines` is empty.
std::string with_block(std::string_view content, std::string_view lines);
/// The lines (from 1) between the two marks; empty: no block.
struct LineRange {
    int first = 0, last = -1;
    bool contains(int line) const { return first <= line && line <= last; }
};
LineRange block_range(std::string_view content);

/// Whether two texts of a foreign file differ only by what we do to one: lines commented out by
/// takeover, and our block.
bool differs_by_our_marks(std::string_view a, std::string_view b);

/// Text that says another program owns a file ("Ansible managed", "managed by Puppet", "DO NOT
/// EDIT", cloud-init, Chef, Salt, NixOS …): the number of that line, from 1, and its text without
/// white space around; or empty. Only comment lines are looked at. Our own file is never managed.
std::optional<std::pair<int, std::string>> managed_marker(std::string_view content);

}  // namespace clockwright
