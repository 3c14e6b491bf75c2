/// What a clock that follows a set of servers would be worth: a simple client, in virtual time.
#pragma once

#include <span>
#include <vector>

#include "time/series.h"

namespace clockwright::worlds {

/// The polls of one server after the scan, by a client whose clock is true: each offset is that
/// server's error on that path. All servers are polled alike, so every set sees the same samples.
using Polls = std::vector<Series>;

struct ClockError {
    Seconds rms{0}, worst{0};
};

/// Every `step` the client takes of each member the least-delay sample of its last eight polls
/// (none younger than that: the member is gone), whose distance grows by 1 ppm of its age,
/// keeps those that overlap a majority (of two or
/// more; a single one is believed), and of them those whose root distance is within three of the
/// least; the clock's error is their offset weighted by 1/λ (RFC 5905 §11.2.3). Without a majority
/// it coasts. The first eight polls are not counted.
ClockError follow(const Polls& polls, std::span<const std::size_t> members, Seconds step,
                  Seconds begin);

}  // namespace clockwright::worlds
