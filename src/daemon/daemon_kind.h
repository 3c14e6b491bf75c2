/// The time daemons we know, and what each can and cannot do.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "time/units.h"

namespace clockwright {

enum class DaemonKind : std::uint8_t { chrony, ntpsec, timesyncd, openntpd, ntpd_rs };

/// As `[daemon] kind`, plans and JSON name it: "chrony", "ntpsec", "timesyncd", "openntpd",
/// "ntpd-rs".
std::string_view to_string(DaemonKind kind);
std::optional<DaemonKind> parse_daemon_kind(std::string_view word);

/// What a daemon can be told and what it shows of itself.
struct DaemonTraits {
    std::string_view program;  ///< as sentences name it: "chronyd", "systemd-timesyncd"
    bool reloads = false;      ///< takes new sources without a restart
    bool nts = false;          ///< its source lines can ask for NTS
    bool ports = false;        ///< … can name another port than 123
    bool pools = false;        ///< … can name a pool
    bool one_server = false;   ///< follows one server at a time: no agreement can be claimed
    /// Within seconds of reading them, answering or not; else a source appears when it is reached.
    bool lists_at_once = true;
    bool counts_losses = false;  ///< its reach is a register of the last eight polls
    bool resets = false;         ///< takeover empties the list before ours, and edits no file
    /// How it tells which source it follows.
    enum class Follows { no_source, by_state, by_reference };
    Follows follows = Follows::no_source;
    /// What the root dispersion it tells has grown by since its last update.
    enum class Dispersion { stands_still, by_phi, by_skew };
    Dispersion dispersion = Dispersion::stands_still;
    int samples_wanted = 3;   ///< of a source that counts as usable
    int default_minpoll = 6;  ///< log2 seconds, where its configuration names none
    /// A start may step a clock that is this far off, unless the configuration says otherwise.
    Seconds start_step{};
    /// What its own verification needs; the default `verify_timeout` is lengthened to this.
    Seconds verify_at_least{};
    std::string_view why_restart;  ///< in words; empty when it reloads
};
const DaemonTraits& traits_of(DaemonKind kind);

}  // namespace clockwright
