/// This machine: implements daemon/host.h, and the writing that plans need.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/host.h"
#include "system/digest.h"
#include "time/units.h"

namespace clockwright::system {

class LocalHost : public Host {
  public:
    /// Not there: `exists` is false, no error. A link at the end is followed, as the daemon does.
    Result<FileState> read(const std::string& path) const override;
    /// Full paths of the entries that end in `suffix`, sorted; empty when there is no directory.
    std::vector<std::string> list(const std::string& directory,
                                  std::string_view suffix) const override;
    /// Full paths, sorted; empty when nothing matches.
    std::vector<std::string> glob(const std::string& pattern) const override;
    std::string why_not_writable(const std::string& directory) const override;
    std::string link_target(const std::string& path) const override;
    std::vector<ClockProgram> clock_programs() const override;
};

/// Does what one file action says: checks `before` by hash, writes ".clockwright-XXXXXX" beside it,
/// fsync, mode and owner, rename, fsync of the directory. Fault::refused when the file is not as
/// `before` says; the file is then untouched. The directory of a new file is made when it alone is
/// missing, and stays. A full disk leaves nothing behind.
Result<void> write_file(const WriteFile& action);

/// Runs an absolute argv without a shell, clean environment, at most `limit`; error with its last
/// line of stderr.
Result<void> run_command(const std::vector<std::string>& argv, Seconds limit);

/// How a command ended, and what it printed.
struct CommandAnswer {
    int status = 0;      ///< its exit status; 128 + the signal that ended it
    std::string output;  ///< all of stdout
    std::string errors;  ///< the last line of stderr, printable
};

/// Runs it like run_command and keeps what it prints. Fault::unreachable when there is no such
/// program; an error also when it takes too long or prints more than `most` octets: it is killed.
Result<CommandAnswer> ask_command(const std::vector<std::string>& argv, Seconds limit,
                                  std::size_t most);

/// 64 unpredictable bits (getrandom).
std::uint64_t random_bits();

/// As root, a file that decides what we do must be root's and not writable by others, opened
/// without following links; else, and when there is none, Fault::bad_input. Without root: only that
/// it can be read. Fault::not_permitted when it is closed to us.
Result<std::string> read_trusted(const std::string& path);

/// Why others than root may change what is at this absolute path, or what leads there; empty: they
/// may not.
std::string changed_by_others(const std::string& path);

/// What /etc/machine-id holds: 32 hexadecimal digits; empty where there is none. Never to be shown
/// or sent: it is for drawing lots at home.
std::string machine_id();

/// The name of this host, as the kernel has it.
std::string host_name();

bool is_root();
std::string user_text();  ///< "uid 1007 (sudo)" : who runs this

}  // namespace clockwright::system
