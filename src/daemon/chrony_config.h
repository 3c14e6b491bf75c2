/// chrony.conf, confdir, sourcedir and *.sources: what the configuration as a whole says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/daemon_config.h"
#include "daemon/marks.h"
#include "result.h"

namespace clockwright::chrony {

/// Follows include (glob), confdir (*.conf; several directories, first name wins) and sourcedir
/// (*.sources, likewise). Comments: a line whose first non-blank is one of ! ; # %. Directive names
/// ignore case. Nested deeper than 10 is a fault. In a .sources file only source lines count, and
/// a last line without a newline is noted as a fault. Error: the main file cannot be read.
Result<DaemonConfig> parse(const std::string& main_file, const ConfigFiles& files);

}  // namespace clockwright::chrony
