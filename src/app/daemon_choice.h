/// Which daemon of this machine is meant: by the configuration, by what runs, by what is installed.
#pragma once

#include <string>
#include <vector>

#include "app/config.h"
#include "app/daemon_access.h"
#include "daemon/host.h"

namespace clockwright::app {

/// `daemon.kind` and `daemon.config` decide; then a program that steers the clock, then one that
/// only runs, then the first daemon whose configuration is installed. `hands` are left empty.
/// Fault::failed for a kind that is not spoken here.
Result<DaemonPlace> choose_daemon(const Config& config, const Host& host,
                                  const std::vector<ClockProgram>& programs);

/// systemd is what runs this system's services.
bool has_systemd(const Host& host);

/// The daemon that a running program is; empty for one that plans are not made for.
std::optional<DaemonKind> kind_of(const ClockProgram& program);

/// The configuration that a program's command line names; empty: its built-in default.
std::string config_named_by(const ClockProgram& program);

/// Where the main file of this daemon lies; empty: nowhere.
std::string installed_config_of(DaemonKind kind, const Host& host);

}  // namespace clockwright::app
