/// One thing a plan does to the machine. Whatever cannot be described cannot be done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/chrony_config.h"
#include "time/address.h"

namespace clockwright {

/// A file at one moment. `exists` false: nothing is there.
struct FileState {
    std::string path;
    bool exists = false;
    std::string content;
    std::string sha256;         ///< of content, hex; empty when it does not exist
    std::uint32_t mode = 0644;  ///< permission bits
    std::uint32_t uid = 0, gid = 0;

    friend bool operator==(const FileState&, const FileState&) = default;
};

/// Temporary file, fsync, rename; refused when the file is not as `before` says. `after.exists`
/// false: unlink.
struct WriteFile {
    FileState before, after;
    friend bool operator==(const WriteFile&, const WriteFile&) = default;
};

/// The control command `reload sources`.
struct ReloadSources {
    friend bool operator==(const ReloadSources&, const ReloadSources&) = default;
};

/// The control command `delete source`; a source that is not there counts as done.
struct DeleteSource {
    std::string name;
    IpAddress address;  ///< unspecified: every place of this name that has no address yet
    friend bool operator==(const DeleteSource&, const DeleteSource&) = default;
};

/// The control command `add source`, with the options of a configuration line; known counts as
/// done.
struct AddSource {
    std::string line;  ///< as `chrony::render` writes it
    friend bool operator==(const AddSource&, const AddSource&) = default;
};

/// An absolute argument vector, run without a shell in a clean environment.
struct RestartDaemon {
    std::vector<std::string> argv;
    friend bool operator==(const RestartDaemon&, const RestartDaemon&) = default;
};

using Action = std::variant<WriteFile, ReloadSources, DeleteSource, AddSource, RestartDaemon>;

/// "wrote /etc/chrony/sources.d/clockwright.sources", "reload sources", …
std::string describe(const Action& action);

/// The action that takes it back: WriteFile swaps before and after; Delete ↔ Add need the line, so
/// they are paired by the planner; reload and restart repeat themselves.
std::optional<Action> inverse(const Action& action);

/// Joins the commands of a further step to those before: each as often as one step needs it, for a
/// name that comes again with other options takes two reloads.
void join_commands(std::vector<Action>& all, const std::vector<Action>& of_step);

}  // namespace clockwright
