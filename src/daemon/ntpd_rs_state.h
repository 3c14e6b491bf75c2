/// What ntpd-rs writes to its observation socket, as a state. Written after the field lists of 1.1
/// to 2.0-alpha; not proved against a running daemon.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/state.h"
#include "result.h"

namespace clockwright::ntpd_rs {

/// Before the JSON stands its length: 64 bits, the highest octet first. Empty: more than 1 MiB.
std::optional<std::size_t> message_length(const std::array<std::uint8_t, 8>& octets);

/// One JSON document, read at `read_at`; `read_from` is the caller's. Fields that are missing stay
/// at their defaults.
///
/// Offsets have our sign. ntpd-rs tells its reference by its identifier only: the source with that
/// IPv4 address is `*`, any other that answers `+`, else `?`. Of reach one bit is known, the newest
/// that is set. `tracking.offset` is the median of the sources that answer. The root dispersion is
/// told as such by 1.1, later as a variance that grows with time; without either the bound is not
/// known. Error: no JSON object with `system` and `sources`.
Result<DaemonState> parse_state(std::string_view json, WallTime read_at);

}  // namespace clockwright::ntpd_rs
