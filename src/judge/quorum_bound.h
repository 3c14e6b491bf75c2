/// What a majority of servers says of a clock in their newest answers, and how far it may be off by
/// now: for a clock that nobody steers, or whose daemon does not tell how well.
#pragma once

#include <optional>
#include <span>

#include "time/address.h"
#include "time/sample.h"
#include "time/units.h"

namespace clockwright {

/// Of one server, each server once.
struct NewestAnswer {
    Sample sample;
    std::optional<IpAddress> address;
};

struct QuorumBound {
    Seconds offset{};  ///< > 0: this clock is slow; median of the newest, weighted by 1/half-width
    /// Of `offset`: UTC lies within it if any majority of the servers is honest. Never below half
    /// the least delay of those that agree (rule M-3).
    Seconds bound{};
    int agreeing = 0, judged = 0;
    int authenticated = 0;  ///< by NTS, of those that agree
    Seconds age{};          ///< of the newest answer of those that agree
};

/// At `now`. Each answer reaches its root distance (Δ + δ)/2 + E + ε to either side, and what a
/// clock of `drift` strays in its age. Empty without a majority, and of fewer than two.
std::optional<QuorumBound> quorum_bound(std::span<const NewestAnswer> answers, SteadyTime now,
                                        Ppm drift);

/// What a server on the internet is at least allowed for, whatever it claims: half its delay and
/// 100 µs; 0 for one of this network.
Seconds least_distance(const std::optional<IpAddress>& address, Seconds delay);

}  // namespace clockwright
