/// What ntpd says of itself and its sources in mode 6, in the words of every daemon.
/// Milliseconds become seconds; signs are ours as they are: `offset` > 0, the source is ahead;
/// `frequency` > 0, ntpd speeds the clock up.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "daemon/mode6.h"
#include "daemon/state.h"

namespace clockwright::mode6 {

/// What to ask for. One name a daemon does not know spoils the whole request, so that there are
/// two lists: all that NTPsec has, and what classic ntpd 4.2 has too.
inline constexpr std::string_view system_names =
    "leap,stratum,rootdelay,rootdisp,refid,reftime,tc,peer,offset,frequency,sys_jitter,clk_jitter,"
    "clk_wander";
inline constexpr std::string_view source_names =
    "srcadr,srchost,stratum,hpoll,ppoll,rootdelay,rootdisp,refid,rec,reach,delay,offset,jitter,"
    "dispersion,keyid,flash,timerec,received,badauth,bogusorg,oldpkt,ntscookies";
inline constexpr std::string_view classic_source_names =
    "srcadr,srchost,stratum,hpoll,ppoll,rootdelay,rootdisp,refid,rec,reach,delay,offset,jitter,"
    "dispersion,keyid,flash";

/// The instant of an NTP timestamp within 68 years of `pivot`; of zero, "unknown", the epoch.
WallTime to_wall_time(std::uint64_t timestamp, WallTime pivot);

/// `reference` stays empty: it stands with the source that `peer` names. `rms_offset` is ntpd's
/// jitter, `skew` its wander, `update_interval` its time constant. Empty: it tells no stratum.
std::optional<DaemonTracking> decode_tracking(const Variables& system, WallTime now);

/// `samples` are those in ntpd's filter of eight, told by the dispersion of what it lacks: `reach`
/// counts a whole burst as one. Empty for what is no source: the line of a pool or broadcast, which
/// makes them. A source whose name has no address yet, or never (a reference clock), has none here
/// either.
std::optional<DaemonSource> decode_source(const Association& association, const Variables& source,
                                          WallTime now);

struct Peer {
    Association association;
    Variables variables;
};
/// The state as a whole, the sources in the order in which ntpd made them. One of them at most is
/// selected: with a PPS signal the source that numbers its seconds is combined. `complete`,
/// `read_at` and `read_from` are the reader's.
std::optional<DaemonState> decode_state(const Variables& system, std::span<const Peer> peers,
                                        WallTime now);

}  // namespace clockwright::mode6
