/// Directives of chrony that belong to no source: a file of ours in a confdir, which chronyd reads
/// when it starts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/source_change.h"

namespace clockwright::chrony {

/// `clockwright.conf` in the first confdir outside /run; empty: there is none.
std::string globals_path(const DaemonConfig& config);
bool is_globals_path(std::string_view path);

/// How many sources should agree before chronyd believes them (rule S-7), of a set of so many.
/// Empty: chronyd's own default, as beside a refclock, `local`, `prefer` or `trust`.
std::optional<int> wanted_minsources(const DaemonConfig& config, std::size_t members);

/// What our file shall hold after the change; empty: it stays as it is. It changes only where a
/// restart is allowed, nobody else has set the number, and the sources left have iburst, so that
/// the restarted daemon proves itself in time.
std::optional<std::string> wanted_globals(const Found& found, const SourceChange& change,
                                          std::size_t members, const PlanSettings& settings);

/// The number in our file when so few members could not reach it: chronyd would set nothing.
std::optional<int> out_of_reach(const DaemonConfig& config, std::size_t members);

/// What the plan says of it; empty: nothing.
std::string globals_note(const Found& found, const SourceChange& change, std::size_t members);

}  // namespace clockwright::chrony
