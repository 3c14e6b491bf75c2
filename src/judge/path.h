/// What failures and answers of many servers have in common: the path, not the servers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "judge/candidate.h"

namespace clockwright {

/// What came of one further packet to a server.
enum class PathAnswer : std::uint8_t {
    not_tried,
    answered,
    silent,
    other_port,  ///< an answer to our very request, but from another port
};

/// Packets that differ from a usual request (48 octets, from a random port) in one thing each.
struct PathProbes {
    PathAnswer usual = PathAnswer::not_tried;
    PathAnswer from_port_123 = PathAnswer::not_tried;
    PathAnswer large = PathAnswer::not_tried;  ///< with an extension field, longer than 48 octets
    /// The server's other address family; its sample when that answered.
    PathAnswer other_family = PathAnswer::not_tried;
    std::optional<Sample> other_sample;
    bool whole_seconds = false;  ///< its receive and transmit times have no fraction
};

/// What is wrong on the way, and what to do about it; both for people.
struct PathFinding {
    enum class Kind : std::uint8_t {
        nothing_resolves,        ///< no name has an address
        blocked,                 ///< UDP 123 gets through to nobody (H-23)
        port_123_needed,         ///< only packets from port 123 are answered (H-24)
        port_123_blocked,        ///< packets from port 123 are not answered (H-24)
        answers_from_elsewhere,  ///< something rewrites the source port of answers (H-24)
        large_filtered,          ///< packets longer than 48 octets are lost (H-25)
        key_exchange_blocked,    ///< TCP 4460 gets through to nobody (H-23)
        intercepted,             ///< different servers answer alike: somebody answers for them
        whole_seconds,           ///< times without a fraction: a router answers
        ipv6_broken,             ///< only IPv6 is silent
        family_asymmetry,        ///< the two families of one server disagree
        spoofed,                 ///< answers to what we never asked (H-14)
    };
    Kind kind = Kind::blocked;
    std::string what;
    std::string advice;
};

std::string_view to_string(PathFinding::Kind kind);  ///< "nothing_resolves", …

/// `probes`: one for each candidate, in their order; or empty: from the scan alone. One server's
/// silence is that server's: a finding needs two that agree, and nobody who contradicts it.
std::vector<PathFinding> diagnose(std::span<const Candidate> candidates,
                                  std::span<const PathProbes> probes);

}  // namespace clockwright
