/// Quantities to text and back: "+12.3 µs", "10ms", RFC 3339; and text made safe to show.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "time/units.h"

namespace clockwright {

/// "1.9 ms", "120 µs", "1.0 s", "0 s": three significant digits at most, in the largest unit of
/// s, ms, µs, ns that makes the number 1 or more; from 1000 s on every whole second. Not a number:
/// "unknown".
std::string spell(Seconds interval);

/// The same with its sign: "+40 µs", "-1.0 s".
std::string spell_signed(Seconds interval);

/// A half-width, rounded *up* to two significant digits: a bound is never rounded down.
std::string spell_bound(Seconds bound);

/// "12 s", "2 h 10 min", "41 d": an age for people.
std::string spell_age(Seconds age);

/// "100ms", "2s", "0.25s", "15min", "6h", "10us", "500ns", "1d" and their sums "1h30m" are
/// durations; a bare number, a sign or white space is not. Units: ns us µs ms s m min h d; a sum
/// goes from long to short, each unit once.
std::optional<Seconds> parse_duration(std::string_view text);

/// "2026-11-20T18:04:11Z"; with fraction: "2026-11-20T18:04:11.123456Z".
std::string rfc3339(WallTime instant, bool fraction = false);

/// The inverse of rfc3339; nothing but UTC with 'Z' is accepted.
std::optional<WallTime> parse_rfc3339(std::string_view text);

/// Text from the network or a file, made safe for a terminal: control characters, marks that hide
/// or reorder text, bytes over 0x7e that are no valid UTF-8, and backslashes become \xNN.
std::string printable(std::string_view text);

}  // namespace clockwright
