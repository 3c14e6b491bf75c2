/// What a host shows of its time keeping beside one daemon's configuration: values for the doctor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/daemon_kind.h"
#include "daemon/host.h"
#include "time/units.h"

namespace clockwright {

/// One kind of daemon on this host, as files and /proc show it.
struct DaemonPresence {
    DaemonKind kind = DaemonKind::chrony;
    std::string unit;       ///< "chrony.service"
    std::string unit_file;  ///< where systemd finds it; empty: nowhere
    bool installed = false;
    bool enabled = false;  ///< something wants it at boot
    bool masked = false;   ///< its unit is a link to /dev/null
    /// A drop-in keeps it from starting beside the daemon that Debian's packages name there.
    bool yields = false;
    std::string restart;                  ///< `Restart=` as the unit and its drop-ins end up
    std::optional<ClockProgram> program;  ///< the running process
};

/// A file that decides how the clock is kept.
struct FileOwner {
    std::string path;
    std::uint32_t uid = 0, mode = 0;
    bool secret = false;  ///< holds keys
};

/// A directive that names a table of leap seconds, and what is there.
struct LeapSource {
    std::string directive;  ///< "leapsectz", "leapseclist", "leapfile"
    std::string table;      ///< the file it comes down to
    std::string file;       ///< where the directive stands
    int line = 0;
    bool exists = false;
    std::optional<WallTime> expires;  ///< empty: it does not say
};

/// adjtimex(2) with modes = 0, read twice when `seconds_apart` is above 0.
struct KernelClock {
    bool unsynchronised = false;
    Seconds most_error{};  ///< as it was last told, and 500 ppm since
    int tai = 0;           ///< TAI less UTC in seconds; 0: nobody told the kernel
    Ppm frequency, later_frequency;
    Seconds apart{};
};

/// A domain whose controllers give time to their members.
struct DomainMembership {
    std::string domain;    ///< "CORP.EXAMPLE"; empty: not known
    std::string evidence;  ///< "/etc/sssd/sssd.conf:4"
};

/// Who holds a UDP port of this host.
struct PortUse {
    std::uint16_t port = 123;
    bool bound = false;
    std::string holder;  ///< "ntpd (pid 611)"; empty: not known
    bool by_daemon = false;
};

/// A line that says that another program writes the file.
struct ManagedFile {
    std::string file;
    int line = 0;
    std::string text;
};

/// What this user is not permitted to see, and how somebody else could.
struct NotLookedAt {
    std::string what;     ///< "the permissions of /etc/chrony/chrony.keys"
    std::string needs;    ///< "root"
    std::string command;  ///< an exact command that shows it; empty: the doctor, as root
};

struct HostFacts {
    std::vector<DaemonPresence> daemons;  ///< one of each kind that is installed or runs
    std::vector<ClockProgram> programs;   ///< all that can move a clock
    std::optional<ClockProgram> program;  ///< the daemon we mean, running
    /// The configuration lies where a distribution puts it: the system's daemon, no private one.
    bool system_daemon = true;
    std::string running_config;    ///< what its command line names; empty: its default
    std::string installed_config;  ///< where a person would edit; empty: nowhere
    std::vector<FileOwner> files;
    std::vector<ManagedFile> managed;
    std::vector<LeapSource> leap_sources;
    std::vector<PortUse> ports;
    bool rtc_in_local_time = false;         ///< /etc/adjtime says LOCAL
    std::string clocksource, clocksources;  ///< current one; those available
    std::optional<KernelClock> kernel;
    std::optional<DomainMembership> domain;
    bool container = false;        ///< the kernel's clock is somebody else's to keep
    bool virtual_machine = false;  ///< by what the firmware says
    std::string hyperv_time_sync;  ///< its time service that a driver holds; empty: none
    /// What installs a package without asking: {"/usr/bin/apt-get", "install", "-y"}; empty:
    /// unknown.
    std::vector<std::string> installer;
    /// Its mark "synchronized" is there: it had an answer since it started.
    bool timesyncd_synchronised = false;
    std::vector<NotLookedAt> not_looked_at;
};

}  // namespace clockwright
