/// Signs that servers follow each other instead of a clock (hazard H-8).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
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

/// A primary server whose time stepped: what its clock is, and by how much.
struct ReferenceStep {
    std::string server;
    std::uint32_t refid = 0;
    Seconds size{};
};

/// The most of them that have one kind of clock and stepped alike (within a tenth, or 10 ms): a
/// fault of the receivers or of the satellites, not of a server (hazard H-36).
std::vector<ReferenceStep> stepped_together(std::span<const ReferenceStep> steps);

}  // namespace clockwright
