/// What a daemon's configuration as a whole says, whatever its dialect.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/daemon_kind.h"
#include "daemon/source_line.h"
#include "result.h"

namespace clockwright {

/// Any directive but a source that matters to us.
struct Directive {
    std::string name;  ///< lower case
    std::vector<std::string> arguments;
    std::string file;
    int line = 0;
};

/// A file that is there and not read, because another with its name comes first.
struct ShadowedFile {
    std::string path, by;
    std::vector<SourceLine> sources;  ///< what it would have added

    friend bool operator==(const ShadowedFile&, const ShadowedFile&) = default;
};

struct DaemonConfig {
    DaemonKind kind = DaemonKind::chrony;
    std::string main_file;
    std::vector<std::string> files;  ///< every file read, in order, absolute
    std::vector<SourceLine> sources;
    std::vector<Directive> directives;    ///< all others
    std::vector<std::string> sourcedirs;  ///< of chrony, in order
    std::vector<ShadowedFile> shadowed;
    std::vector<std::string> faults;  ///< "file:line: unknown option foo", unreadable includes …
    /// Where our lines go: a drop-in, which need not exist, or the main file itself where the
    /// daemon knows no drop-ins. Empty: nowhere, until the main file names a place (chrony).
    std::string own_file;
    bool preferred_refclock = false;
    bool serves_time = false;  ///< it answers other hosts

    const Directive* find(std::string_view name) const;  ///< the last one; names ignore case
    std::vector<const Directive*> all(std::string_view name) const;
};

/// How a parser reads files: the port's answers, so that it stays pure.
struct ConfigFiles {
    /// Content, or an error with the reason.
    std::function<Result<std::string>(const std::string& path)> read;
    /// Full paths in a directory that end in `suffix`, sorted by name; a missing one is empty.
    std::function<std::vector<std::string>(const std::string& directory, std::string_view suffix)>
        list;
    /// Paths that match a glob pattern of `include`, sorted.
    std::function<std::vector<std::string>(const std::string& pattern)> glob;
};

/// Of an absolute path; "/" for what lies in the root.
std::string directory_of(const std::string& path);

/// Words of a configuration ignore case.
bool same_word(std::string_view a, std::string_view b);

}  // namespace clockwright
