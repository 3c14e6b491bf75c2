/// Signs that servers follow each other instead of a clock (hazard H-8).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "time/address.h"
#include "time/sample.h"

namespace clockwright {

/// How many times on end, up to the newest sample, the stratum rose by one.
int stratum_climb(std::span<const Sample> samples);

/// Whom a server says that it follows. An IPv4 address is its own refid (RFC 5905 §7.3); the one
/// of an IPv6 address tells too little.
struct Follower {
    std::optional<IpAddress> address;
    std::uint32_t refid = 0;
    int stratum = 0;  ///< below 2 the refid names a clock
};

/// For each: it follows another of them, that one the next, and so back to it.
std::vector<bool> in_circle(std::span<const Follower> servers);

}  // namespace clockwright
