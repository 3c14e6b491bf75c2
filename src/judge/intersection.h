/// Truechimers and falsetickers by end points (rule S-1 with its correction, RFC 5905 §11.2.1).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "time/units.h"

namespace clockwright {

/// [low, high] around `middle`, all closed.
struct Interval {
    Seconds low{}, middle{}, high{};
};

struct Intersection {
    int agreeing = 0;       ///< depth of the largest overlap: most intervals that share one point
    bool majority = false;  ///< 2·agreeing > number of intervals, and agreeing ≥ 2
    Seconds low{},
        high{};  ///< from the first to the last point of that depth; only with a majority
    /// Per interval: overlaps [low, high]. Without a majority all are false.
    std::vector<bool> overlaps;
    /// Per interval: its middle lies inside [low, high]; information, never a reason to reject.
    std::vector<bool> centred;
};

/// O(n log n). No intervals: agreeing 0, no majority.
Intersection intersect(std::span<const Interval> intervals);

}  // namespace clockwright
