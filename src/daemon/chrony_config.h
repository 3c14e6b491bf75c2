/// chrony.conf, confdir, sourcedir and *.sources: parse what is there, render our own file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "time/source.h"

namespace clockwright::chrony {

/// One server, peer or pool directive with its options.
struct SourceLine {
    enum class Type { server, peer, pool };
    Type type = Type::server;
    std::string name;            ///< host or address as written
    std::uint16_t port = 123;
    bool iburst = false, burst = false, prefer = false, noselect = false, trust = false,
         require = false, nts = false, xleave = false, offline = false, auto_offline = false,
         copy = false;
    std::optional<int> minpoll, maxpoll, maxsources, polltarget, presend, minstratum, minsamples,
        maxsamples, ntsport, version, key, filter, certset;
    std::optional<double> maxdelay, maxdelayratio, maxdelaydevratio, mindelay, asymmetry, offset;
    std::vector<std::string> unknown_options;  ///< kept for the record; such a line cannot be re-added by command
    std::string file;            ///< absolute path
    int line = 0;                ///< from 1
    bool lease = false;          ///< the file lies under /run: DHCP or a dispatcher wrote it

    std::string location() const;  ///< "/etc/chrony/chrony.conf:3"
};

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
    std::vector<std::string> files;      ///< every file read, in order, absolute
    std::vector<SourceLine> sources;
    std::vector<Directive> directives;   ///< all others
    std::vector<std::string> sourcedirs; ///< in order
    std::vector<std::string> faults;     ///< "file:line: unknown option foo", unreadable includes …

    const Directive* find(std::string_view name) const;  ///< the last one, as chrony takes it
    std::vector<const Directive*> all(std::string_view name) const;
    /// First sourcedir outside /run: where clockwright.sources goes. Empty: none.
    std::string own_sourcedir() const;
    bool preferred_refclock() const;
    bool serves_time() const;            ///< `allow` without a later deny of the same, or `local`
};

/// How the parser reads files: the port's answers, so that it stays pure.
struct Files {
    /// Content, or an error with the reason.
    std::function<Result<std::string>(const std::string& path)> read;
    /// Full paths in a directory that end in `suffix`, sorted by name; a missing one is empty.
    std::function<std::vector<std::string>(const std::string& directory, std::string_view suffix)> list;
    /// Paths that match a glob pattern of `include`, sorted.
    std::function<std::vector<std::string>(const std::string& pattern)> glob;
};

/// Follows include (glob), confdir (*.conf; several directories, first name wins) and sourcedir
/// (*.sources, likewise). Comments: a line whose first non-blank is one of ! ; # %. Directive names
/// ignore case. Nested deeper than 10 is a fault. In a .sources file only source lines count, and
/// a last line without a newline is noted as a fault. Error: the main file cannot be read.
Result<Config> parse(const std::string& main_file, const Files& files);

/// One line; empty when it is blank, a comment or no source directive.
std::optional<SourceLine> parse_source_line(std::string_view text, std::vector<std::string>* faults = nullptr);

/// "server ntp4.corp.example iburst minpoll 6 maxpoll 6" without newline.
std::string render(const SourceLine& line);

/// Our own file: a comment that says whose it is, then the lines sorted, newline at the end. No
/// time stamps. Empty list: only the comment.
std::string render_file(std::vector<SourceLine> lines);

/// The marker before a line that takeover commented out; what follows it is the line as it was.
inline constexpr std::string_view takeover_marker = "#clockwright-took-over# ";

/// `content` with the given lines (from 1) commented out; every other byte unchanged.
std::string take_over(std::string_view content, const std::vector<int>& lines);

/// Text that says another program owns a file ("Ansible managed", "managed by Puppet", "DO NOT
/// EDIT", cloud-init, Chef, Salt, NixOS …): that line and its number, or empty. Only comment lines
/// are looked at. Our own file is never managed.
std::optional<std::pair<int, std::string>> managed_marker(std::string_view content);

}  // namespace clockwright::chrony
