/// timesyncd.conf(5) and its drop-ins, as systemd-timesyncd reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/daemon_config.h"

namespace clockwright::timesyncd {

/// The drop-in that our servers go to, beside the main file.
inline constexpr std::string_view own_name = "timesyncd.conf.d/50-clockwright.conf";

/// The main file, then the drop-ins by file name; where the main file is /etc/systemd's (of any
/// root), those of /run, /usr/local/lib and /usr/lib too, as systemd.unit(5) has it. Servers of
/// `FallbackNTP=` are sources only while no `NTP=` is left. Beside the settings themselves these
/// directives tell what became of servers: "overridden" (a later `NTP=` emptied the list),
/// "repeated" (named before), "fallback" (not used); and "reset": the place of an empty `NTP=`.
/// No main file at all is no error: then the defaults hold.
Result<DaemonConfig> parse(const std::string& main_file, const ConfigFiles& files);

/// Whether what this file says comes after what `own_file` says.
bool is_read_after(std::string_view file, std::string_view own_file);

/// "[Time]", an empty `NTP=` where wanted, and the servers in their order on one line.
std::string render(const std::vector<SourceLine>& lines, bool reset);

}  // namespace clockwright::timesyncd
