/// A program as a child in a process group of its own: no shell, a clean environment, default
/// signals, bounded output and time.
#pragma once

#include <sys/types.h>

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/descriptor.h"
#include "time/units.h"

namespace clockwright::system {

/// More than this cannot be given to a program on its stdin.
inline constexpr std::size_t most_input = 65536;

struct Spawned {
    pid_t pid = -1;
    Descriptor handle;  ///< readable once it has ended
    Descriptor errors;  ///< its stderr
    Descriptor output;  ///< its stdout, when that is wanted
};

/// Runs an absolute argv that reads `input` (at most `most_input` octets) and then the end; errno
/// value.
std::expected<Spawned, int> spawn(const std::vector<std::string>& argv, bool with_output,
                                  std::string_view input = {});

/// What it has printed so far.
struct Printed {
    std::string errors, output;
    std::size_t most_output = 0;
    bool too_much() const { return output.size() > most_output; }
};

/// Waits for its end, at most `limit`; its exit status as of waitpid, or empty: it was ended, with
/// all of its group, by SIGKILL; before that it has `grace` to obey SIGTERM. What it leaves behind
/// (a daemon with our pipe) is not waited for.
std::optional<int> wait_for(Spawned& child, Seconds limit, Seconds grace, Printed& printed);

/// The last line of what it told on stderr, printable.
std::string last_line(std::string_view text);

}  // namespace clockwright::system
