/// How many notices may go one way within an hour.
#pragma once

#include <deque>

#include "time/units.h"

namespace clockwright {

class HourlyLimit {
  public:
    /// When one more may go: `now`, or when the oldest of the last hour no longer counts. `most` 0:
    /// there is no limit.
    SteadyTime next(int most, SteadyTime now);
    void count(SteadyTime now) { sent_.push_back(now); }

  private:
    std::deque<SteadyTime> sent_;  ///< oldest first
};

}  // namespace clockwright
