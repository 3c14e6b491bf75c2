/// chrony.conf, confdir, sourcedir and *.sources: what the configuration as a whole says.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/chrony_marks.h"
#include "daemon/chrony_source_line.h"
#include "result.h"

namespace clockwright::chrony {

/// Any other directive that matters to us.
struct Directive {
    std::string name;  ///< lower case
    std::vector<std::string> arguments;
    std::string file;
    int line = 0;
};

/// What the configuration as a whole says.
struct Config {
    std::string main_file;
    std::vector<std::string> files;  ///< every file read, in order, absolute
    std::vector<SourceLine> sources;
    std::vector<Directive> directives;    ///< all others
    std::vector<std::string> sourcedirs;  ///< in order
    std::vector<std::string> faults;  ///< "file:line: unknown option foo", unreadable includes …

    const Directive* find(std::string_view name) const;  ///< the last one, as chrony takes it
    std::vector<const Directive*> all(std::string_view name) const;
    /// First sourcedir outside /run: where clockwright.sources goes. Empty: none.
    std::string own_sourcedir() const;
    std::string own_file() const;  ///< our drop-in there, which need not exist; empty without one
    bool preferred_refclock() const;
    bool serves_time() const;  ///< `allow` without a later deny of the same
};

/// How the parser reads files: the port's answers, so that it stays pure.
struct Files {
    /// Content, or an error with the reason.
    std::function<Result<std::string>(const std::string& path)> read;
    /// Full paths in a directory that end in `suffix`, sorted by name; a missing one is empty.
    std::function<std::vector<std::string>(const std::string& directory, std::string_view suffix)>
        list;
    /// Paths that match a glob pattern of `include`, sorted.
    std::function<std::vector<std::string>(const std::string& pattern)> glob;
};

/// Follows include (glob), confdir (*.conf; several directories, first name wins) and sourcedir
/// (*.sources, likewise). Comments: a line whose first non-blank is one of ! ; # %. Directive names
/// ignore case. Nested deeper than 10 is a fault. In a .sources file only source lines count, and
/// a last line without a newline is noted as a fault. Error: the main file cannot be read.
Result<Config> parse(const std::string& main_file, const Files& files);

}  // namespace clockwright::chrony
