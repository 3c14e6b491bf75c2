/// What systemd-timesyncd says of itself over D-Bus, in our words.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/state.h"

namespace clockwright::timesyncd {

/// The property NTPMessage: the last answer that was taken. Stamps are microseconds of Unix time.
struct Message {
    std::uint32_t leap = 0, version = 0, mode = 0, stratum = 0;
    std::int32_t precision = 0;  ///< log2 seconds
    std::uint64_t root_delay_us = 0, root_dispersion_us = 0;
    std::array<std::uint8_t, 4> refid{};
    std::uint64_t origin_us = 0, receive_us = 0, transmit_us = 0, destination_us = 0;
    bool spike = false;  ///< timesyncd did not use it
    /// Since the daemon began, of whatever servers: it is not reset when another one is asked.
    std::uint64_t packet_count = 0;
    std::uint64_t jitter_us = 0;
};

/// The properties of org.freedesktop.timesync1.Manager.
struct Properties {
    std::vector<std::string> link_servers, system_servers, runtime_servers, fallback_servers;
    std::string server_name;                  ///< the one that is asked now; empty: none
    std::optional<IpAddress> server_address;  ///< empty: it has none yet
    std::uint64_t poll_interval_us = 0;
    std::int64_t frequency = 0;  ///< ppm times 65536; > 0 speeds the clock up
    Message message;
};

/// Runtime, system and link servers in the order in which they are asked, those of FallbackNTP=
/// when there are no others. Only the one that is asked now has a state. An answer counts as its
/// own unless the next one is overdue: the message does not say whose it is, and ServerName changes
/// before the next server has answered.
DaemonState state_of(const Properties& properties, WallTime read_at);

}  // namespace clockwright::timesyncd
