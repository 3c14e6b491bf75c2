/// A program run to its end: an absolute argv without a shell, in a clean environment and a process
/// group of its own, with limits on time and output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "system/local_host.h"
#include "time/units.h"

namespace clockwright::system {

struct RunManner {
    Seconds time_out{10};
    /// After the time-out SIGTERM goes to the group, and SIGKILL after so long; 0: at once.
    Seconds grace{1};
    std::string_view input{};     ///< what it reads on stdin: at most 64 KiB
    std::size_t most_output = 0;  ///< of stdout that is kept; more ends it. 0: stdout goes nowhere
};

/// How it ended, whatever its exit status. Faults: bad_input (no absolute path), unreachable (no
/// such program), not_permitted, failed (took too long, printed too much).
Result<CommandAnswer> run_program(const std::vector<std::string>& argv, const RunManner& manner);

/// An error when it did not end with 0: "/usr/bin/x failed with status 1: its last line of stderr".
Result<void> run_to_success(const std::vector<std::string>& argv, const RunManner& manner);

}  // namespace clockwright::system
