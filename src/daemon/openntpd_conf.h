/// ntpd.conf(5) of OpenNTPD: a handful of directives in one file, without includes, macros or
/// ports. Observed with `ntpd -n` of 6.2p3; `trusted` and addresses behind a constraint are newer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/daemon_config.h"

namespace clockwright::openntpd {

/// A word as the daemon's scanner gives it.
struct Word {
    enum class Kind { text, quoted, number, sign };
    Kind kind = Kind::text;
    std::string text;
};

/// What stands up to one end of a line that counts: a backslash before it, and quotes around it,
/// take it away.
struct Statement {
    std::vector<Word> words;
    int line = 0;       ///< from 1: where its first word begins
    int last_line = 0;  ///< where it ends
    std::string fault;  ///< why it cannot be taken apart; empty: it can
};

/// All statements that have words; comments have none.
std::vector<Statement> statements(std::string_view content);

/// One line, without its newline; empty when it is no `server` or `servers` line, or a faulty one.
/// `servers` is a pool. What we have no member for ("weight 5", "trusted") stands in
/// `unknown_options`.
std::optional<SourceLine> parse_source_line(std::string_view text,
                                            std::vector<std::string>* faults = nullptr);

/// "servers pool.ntp.org weight 5" without newline, in quotes what the scanner would not take as
/// it is. Of other daemons' options nothing is written.
std::string render(const SourceLine& line);

/// Our lines stand in the block of marks.h, so `own_file` is the main file. Other directives have
/// their names without "on" and "from"; a `sensor` is one named "refclock". OpenNTPD does
/// not start with any fault in its file. Error: the file cannot be read.
Result<DaemonConfig> parse(const std::string& main_file, const ConfigFiles& files);

}  // namespace clockwright::openntpd
