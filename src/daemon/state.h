/// What a running daemon says of itself and its sources, in no daemon's dialect.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/daemon_kind.h"
#include "time/address.h"
#include "time/sample.h"
#include "time/source.h"
#include "time/units.h"

namespace clockwright {

/// NTS of one source as the daemon keeps it.
struct NtsState {
    int algorithm = 0;                      ///< the AEAD's number
    int failed_exchanges = 0;               ///< key exchanges begun since the last that worked
    int cookies = 0;                        ///< left; the next request needs one
    std::optional<Seconds> since_exchange;  ///< age of the last key exchange; empty: none yet
    bool nak = false;                       ///< the server did not know the last cookie
};

/// One source as the daemon sees it. Empty optionals: not known, or not permitted to know.
struct DaemonSource {
    std::string name;                  ///< as configured; a refclock's refid text
    std::optional<IpAddress> address;  ///< empty: unresolved, or a refclock
    bool refclock = false;
    bool of_pool = false;     ///< the daemon found it itself, and it is listed by no name
    bool fallback = false;    ///< used only while nothing else is known (timesyncd)
    std::uint32_t refid = 0;  ///< of a refclock or, when known, what the source follows
    int stratum = 0;
    int poll = 0;                        ///< log2 seconds
    std::uint8_t reach = 0;              ///< eight bits, newest lowest
    std::optional<Seconds> last_sample;  ///< age of the last sample; empty: never
    Seconds offset{};  ///< last measured, less what moved the clock since; > 0: the source is ahead
    Seconds error{};   ///< its half-width
    char state = ' ';  ///< chrony's selectdata letter, or from `sources` when that is closed
    bool state_exact = false;                    ///< it is the selectdata letter
    std::optional<int> samples;                  ///< in the daemon's regression
    std::optional<std::uint32_t> valid_replies;  ///< since the source was added
    std::optional<Authentication> authentication;
    std::optional<NtsState> nts;                           ///< with Authentication::nts only
    std::optional<bool> prefer, noselect, trust, require;  ///< effective options
};

/// The clock as the daemon steers it.
struct DaemonTracking {
    std::uint32_t refid = 0;
    std::optional<IpAddress> reference;  ///< address of the selected source
    int stratum = 0;
    Leap leap = Leap::unsynchronised;
    WallTime reference_time;
    Seconds offset{};  ///< what must be added to this clock; > 0: it is slow
    Seconds last_offset{}, rms_offset{};
    std::optional<Ppm> frequency, skew;  ///< our sign: > 0 speeds the clock up
    Seconds root_delay{}, root_dispersion{};
    bool bound_known = true;  ///< false: the daemon does not tell these two, nor when it last set
    Seconds update_interval{};

    /// Its refid is that of no source: the daemon serves its own clock, or is an orphan (H-9).
    bool local_reference() const;
    bool synchronised() const;  ///< leap is not 3, a reference exists and is not local
};

struct DaemonState {
    DaemonKind kind = DaemonKind::chrony;
    DaemonTracking tracking;
    std::vector<DaemonSource> sources;
    int unresolved = 0;     ///< sources whose names have no address yet
    bool complete = false;  ///< false: only what is open to everybody could be read
    WallTime read_at;
    std::string read_from;  ///< "/run/chrony/chronyd.sock", "127.0.0.1:323"
};

}  // namespace clockwright
