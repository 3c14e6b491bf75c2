/// The units of systemd, and the line of cron, that run the program: as text.
#pragma once

#include <string>
#include <vector>

#include "time/units.h"

namespace clockwright {

struct UnitSettings {
    std::string program;                ///< absolute path
    std::string config_file;            ///< `--config`; empty: the default
    Seconds every{6 * 3600.0};          ///< whole hours, 1 to 24
    bool allow_restart = false;         ///< the daemon may be restarted
    bool takeover = false;              ///< foreign lines may be commented out
    std::vector<std::string> writable;  ///< directories of the daemon's configuration
    std::string control_directory;      ///< of the daemon's socket; empty: none
    std::string state_directory;
    unsigned lot = 0;  ///< of this machine: spreads cron's minutes over a fleet
};

/// Runs `apply` as root and nothing else: it takes no word from anybody but its configuration, and
/// may not set the clock.
std::string apply_unit(const UnitSettings& settings);
/// Starts it every so many hours, spread by up to a quarter of that, later when it was missed.
std::string apply_timer(const UnitSettings& settings);
/// At boot, when the daemons have begun: takes back a change that a loss of power ended.
std::string heal_unit(const UnitSettings& settings);
/// Decides for the agent, as root, and takes no word from it but that it is time.
std::string wish_unit(const UnitSettings& settings);
/// Starts that when the agent leaves its wish.
std::string wish_path();
/// The agent: a user of its own without any right beyond the network and the daemon's socket.
/// `groups`: those that may ask the daemon.
std::string agent_unit(const UnitSettings& settings, const std::vector<std::string>& groups);
/// For /etc/cron.d, where there is no systemd.
std::string cron_file(const UnitSettings& settings);

/// Lines for sudoers that let a group change the daemon's sources and nothing else.
std::string sudoers_example(const std::string& program, bool restarts = false);

}  // namespace clockwright
