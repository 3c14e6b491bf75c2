/// ntp.toml of ntpd-rs, one TOML file without includes. Written after ntp.toml(5) of 1.3 and 1.5;
/// not proved against a running daemon.
#pragma once

#include <string>
#include <vector>

#include "daemon/daemon_config.h"

namespace clockwright::ntpd_rs {

/// A `[[source]]` table, with newlines. Of other daemons' options only `maxsources` (`count`),
/// `ntsport` and the limits of the poll are written; unknown options, as `key = value`, come last.
std::string render(const SourceLine& line);

/// Each `[[source]]` is a source from its header to its last value; of mode `sock` or `pps` it is a
/// directive "refclock". Directives too: `observation-path`; "minpoll" and "maxpoll" (log2
/// seconds), the limits of `source-defaults`; "minsources", its `minimum-agreeing-sources`. Our
/// tables stand in the block of marks.h at the end. Keys that ntpd-rs does not know, and sources
/// written in a way that allows no table to be added or commented out, are faults. Error: the file
/// cannot be read.
Result<DaemonConfig> parse(const std::string& main_file, const ConfigFiles& files);

}  // namespace clockwright::ntpd_rs
