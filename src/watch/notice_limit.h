/// How many notices may go one way within an hour and within a minute.
#pragma once

#include <deque>

#include "time/units.h"

namespace clockwright {

struct NoticeRate {
    int an_hour = 0;   ///< 0: no limit
    int a_minute = 0;  ///< 0: no limit
};

class NoticeLimit {
  public:
    /// When one more may go: `now`, or when the oldest that stand in its way no longer count.
    SteadyTime next(const NoticeRate& most, SteadyTime now);
    void count(SteadyTime now) { sent_.push_back(now); }

  private:
    SteadyTime room(int most, std::chrono::minutes span, SteadyTime now) const;

    std::deque<SteadyTime> sent_;  ///< within the last hour, oldest first
};

}  // namespace clockwright
