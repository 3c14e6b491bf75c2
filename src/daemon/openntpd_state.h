/// What `ntpctl -s all` prints, as a state. Observed on 6.2p3.
#pragma once

#include <string_view>

#include "daemon/state.h"
#include "result.h"

namespace clockwright::openntpd {

/// The text of one run; `read_at` and `read_from` are the caller's.
///
/// Offsets have our sign already (a peer 300 ms ahead shows 300 ms). A peer's error is half its
/// delay and its jitter. Its state is `*` when the clock follows it, `+` when it is valid, `M`
/// while it is on its way there, else `?`. OpenNTPD shows no reach: as many bits are set as the
/// trust level stands above 2, that of a peer which never answered (10 at most, valid from 6).
/// `last_sample` is the time since the last poll, of a valid peer.
///
/// Of the clock it tells whether it is synced and the stratum, no root delay, root dispersion or
/// time of the last update. `tracking.offset` is that of the followed peer, else the median of the
/// valid ones, else what is still to be slewed.
///
/// Error: nothing that ntpctl prints.
Result<DaemonState> parse_state(std::string_view text);

}  // namespace clockwright::openntpd
