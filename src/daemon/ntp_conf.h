/// ntp.conf of NTPsec and of classic ntpd: its lines, its included files, and NTPsec's ntp.d.
/// Facts: reference/protocols.md C6; observed on NTPsec 1.2.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/daemon_config.h"
#include "result.h"

namespace clockwright::ntp_conf {

/// The words of a line as ntpd takes it apart: white space between them, a '#' begins a comment
/// wherever it stands, "quoted text" is or ends a word and reaches to the end of the line when the
/// second quote is missing. A line is never continued.
std::vector<std::string> words(std::string_view line);

/// "nts.corp:4461" and "[2001:db8::1]:4461", as NTPsec shows a source of NTS, without port and
/// brackets.
std::string name_without_port(const std::string& name);

/// One line; empty when it is blank, a comment, a reference clock or no source. Words are lower
/// case and nothing else. A `pool`, `peer` or `server` has no NTP port of its own; with `nts` the
/// port behind the name is that of the key exchange. `bias` is `offset`. What ntpd knows and we
/// have no member for (mode, true, noval, ca, …) stands in `unknown_options`, without a fault.
/// Faults carry no place and say what ntpd makes of the line.
std::optional<SourceLine> parse_source_line(std::string_view text,
                                            std::vector<std::string>* faults = nullptr);

/// "server ntp4.corp.example nts iburst minpoll 6 maxpoll 6" without newline: what NTPsec and
/// classic ntpd both know, so of chrony's options those it shares; unknown options come last, as
/// they were.
std::string render(const SourceLine& line);

/// Who reads the configuration: only NTPsec has a directory ntp.d beside its main file.
enum class Daemon { ntpsec, classic };

/// Reads the main file, follows includefile (a file, or a directory and its *.conf in backward
/// order; relative to the file that says so; at most five deep) and at last NTPsec's ntp.d,
/// likewise backward. An include that cannot be read is a fault and no more. Reference clocks,
/// `refclock …` and `server 127.127.t.u …`, are directives named "refclock". Error: the main file
/// cannot be read.
Result<DaemonConfig> parse(const std::string& main_file, const ConfigFiles& files,
                           Daemon daemon = Daemon::ntpsec);

}  // namespace clockwright::ntp_conf
