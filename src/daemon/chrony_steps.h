/// The steps of a chrony plan: what is written, what chronyd is told, how to take it back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/source_change.h"

namespace clockwright::chrony {

/// The line before a `sourcedir` that we added to a main file.
inline constexpr std::string_view sourcedir_marker = "# Added by Clockwright:";

/// Our own file: a comment that says whose it is, then the lines sorted, newline at the end. No
/// time stamps. Empty list: only the comment.
std::string render_file(const std::vector<SourceLine>& lines);

/// Whether a file is a drop-in of ours by its name.
bool is_own_path(std::string_view path);

/// Whether two texts of a foreign file differ only by what we do to one: source lines commented out
/// by takeover, or a marked `sourcedir` line at the end.
bool is_our_edit(std::string_view a, std::string_view b);

/// Where our drop-in goes when no sourcedir is configured: beside the main file.
std::string directory_for_new_sourcedir(const DaemonConfig& config);

/// The file that all our lines go to: `own_file`, or without a sourcedir the one to be made.
std::string own_path(const DaemonConfig& config);

/// One step, or the union and then the final set when something goes and something comes.
std::vector<Step> build_steps(const Found& found, const SourceChange& change,
                              const PlanSettings& settings);

}  // namespace clockwright::chrony
