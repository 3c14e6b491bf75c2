/// Finds the configured daemon on this machine and reads what it is and does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "daemon/daemon_config.h"
#include "daemon/host.h"
#include "daemon/plan.h"
#include "daemon/state.h"
#include "publish/clock_verdict.h"
#include "result.h"
#include "system/chrony_socket.h"

namespace clockwright::app {

/// Which daemon we mean, and who else has a hand on the wheel.
struct DaemonPlace {
    DaemonKind kind = DaemonKind::chrony;
    std::string config_file;              ///< its main file; need not exist
    std::vector<std::string> restart;     ///< how it is restarted
    std::string control;                  ///< socket path, ADDRESS:PORT or a bus name
    bool control_given = false;           ///< the user named it: no other place is asked
    std::uint16_t udp_port = 323;         ///< `cmdport`; 0: closed
    std::optional<ClockProgram> program;  ///< the running process of that configuration
    std::vector<ClockProgram> hands;      ///< programs that steer; empty when ours only watches
    bool watches_only() const { return program && !program->steers(); }
};

/// The place with what could be read there.
struct DaemonView {
    DaemonPlace place;
    std::optional<DaemonConfig> config;  ///< empty: `config_error`
    Error config_error;
    std::optional<DaemonState> state;  ///< empty: `state_error`
    Error state_error;
};

/// Fault::failed for a `daemon.kind` that is not spoken on this system.
Result<DaemonView> view_daemon(const Config& config, const Host& host);

/// What the daemon says of itself now, by its full control channel.
Result<DaemonState> read_full_state(const DaemonPlace& place);

/// chronyd's full control channel, for changes.
Result<system::ChronySocket> open_control(const DaemonPlace& place);

/// Everything a plan is made from. Faults: not_permitted, unreachable, refused (two hands).
Result<Found> find_all(const DaemonView& view, const Host& host);

/// "Two programs discipline this clock: …": empty when one hand or none steers.
std::string two_hands(const DaemonPlace& place);

/// What the verdict needs to know of the daemon's sources.
std::vector<SourceFacts> source_facts(const DaemonView& view);

ConfigFiles files_of(const Host& host);

}  // namespace clockwright::app
