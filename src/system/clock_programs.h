/// Finds the running programs that can move a clock, as /proc shows them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/host.h"

namespace clockwright::system {

/// Sorted by pid. The processes of one daemon, parent and children, count as one: the parent's pid
/// and arguments, and `may_set_clock` when any of them may. What cannot be read is passed over.
std::vector<ClockProgram> clock_programs(const std::string& proc_root);

/// What a process called `comm` (at most 15 octets, as the kernel keeps it) is; empty: nothing to
/// do with clocks. `name` is the program's own, "chronyd", "openntpd", "ntpd-rs", …
std::optional<ClockProgram> recognise(std::string_view comm, const std::vector<std::string>& argv,
                                      bool may_set_clock);

}  // namespace clockwright::system
