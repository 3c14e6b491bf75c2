/// Where distributions keep each daemon: data, from their packages (reference protocols.md, C6).
#pragma once

#include <span>
#include <string_view>

#include "daemon/daemon_kind.h"

namespace clockwright {

/// One daemon as one family of distributions installs it. The first row of a daemon is Debian's.
/// Families that differ only in the name of its service have a row each.
struct InstallPlace {
    DaemonKind kind;
    std::string_view distributions;  ///< "Debian, Ubuntu"
    std::string_view config;         ///< the main file
    std::string_view unit;           ///< of systemd, or the service of OpenRC and rc.d
    std::string_view control;        ///< its control channel; empty: found otherwise
};

std::span<const InstallPlace> install_places();

/// The row of this daemon with this main file; the first of the daemon when none has it.
const InstallPlace* place_of(DaemonKind kind, std::string_view config);

/// Which daemon a configuration file belongs to by its name; nullptr when the name tells nothing.
const InstallPlace* place_named(std::string_view config);

}  // namespace clockwright
